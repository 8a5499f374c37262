/*
 * The floor under an APDU round trip through PC/SC: the same command again and again by C calls alone.
 * Usage: floor READER COMMAND-IN-HEX WARM-UP ROUNDS; PCSCLITE_CSOCK_NAME names the pcscd. Prints one duration in ns a line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <winscard.h>

static void check(LONG result, const char *what) {
  if (result == SCARD_S_SUCCESS) return;
  fprintf(stderr, "%s: %s\n", what, pcsc_stringify_error(result));
  exit(1);
}

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static DWORD read_hex(const char *text, BYTE *bytes, DWORD most) {
  DWORD count = 0;
  while (count < most && sscanf(text + 2 * count, "%2hhx", &bytes[count]) == 1) count++;
  return count;
}

int main(int count, char **arguments) {
  if (count != 5) return 2;
  BYTE command[262], answer[65538];
  DWORD length = read_hex(arguments[2], command, sizeof command), protocol;
  long warm_up = atol(arguments[3]), rounds = atol(arguments[4]);
  SCARDCONTEXT context;
  SCARDHANDLE card;
  check(SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context), "context");
  check(SCardConnect(context, arguments[1], SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card, &protocol),
        "connect");
  const SCARD_IO_REQUEST *pci = protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
  for (long round = -warm_up; round < rounds; round++) {
    DWORD received = sizeof answer;
    long long start = now();
    check(SCardTransmit(card, pci, command, length, NULL, answer, &received), "transmit");
    if (round >= 0) printf("%lld\n", now() - start);
  }
  SCardDisconnect(card, SCARD_RESET_CARD);
  SCardReleaseContext(context);
  return 0;
}
