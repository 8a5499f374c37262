# opencryptoki's places are compiled in, and its daemon is made to be alone on a machine. In a mount namespace and an IPC namespace of
# its own (unshare(1)) this hides those places behind empty memory and starts the daemon there; says "ready" when the library finds it, and
# ends it at the end of standard input. All that it made is gone with the last process in the namespaces.
set -e
for place in /run /dev/shm /var/lib/opencryptoki /etc/opencryptoki; do mount -t tmpfs -o mode=755 none "$place"; done
# A link into /run on some systems, a folder on others.
[ -L /var/lock ] || mount -t tmpfs -o mode=755 none /var/lock
mkdir -p /run/lock
mkdir -p /var/lock/opencryptoki/swtok /var/lib/opencryptoki/swtok/TOK_OBJ
chmod 1777 /dev/shm
chown -R root:pkcs11 /var/lock/opencryptoki/ /var/lib/opencryptoki
chmod -R 770 /var/lock/opencryptoki/ /var/lib/opencryptoki
printf 'version opencryptoki-3.1\nslot 0\n{\nstdll = libpkcs11_sw.so\n}\n' >/etc/opencryptoki/opencryptoki.conf
pkcsslotd -f </dev/null >&2 &
daemon=$!
trap 'kill "$daemon"; wait "$daemon" || :' EXIT
left=200
until pkcsconf -i >/dev/null 2>&1; do
  left=$((left - 1))
  [ "$left" -gt 0 ] && kill -0 "$daemon"
  sleep 0.05
done
echo ready
read -r _ || :
