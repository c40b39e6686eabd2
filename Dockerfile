# The stage `install` is also run without Docker, line by line, by scripts/ci/production-install.sh: keep to
# WORKDIR, single-line RUN, and COPY of plain paths.
FROM node:24-bookworm-slim AS install
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-update-notifier
COPY config/hookline.example.yaml config/hookline.schema.json ./config/
COPY config/examples ./config/examples
COPY config/samples ./config/samples
COPY src ./src
RUN chmod -R a-w,a+rX .

# The runtime is the npm package `node`, pinned in package-lock.json; nothing else is needed from this image.
FROM debian:bookworm-slim
COPY --from=install /app /app
RUN printf '#!/bin/sh\nexec /app/node_modules/.bin/node --v8-pool-size=1 --max-semi-space-size=8 --heap-growing-percent=80 --no-allocation-site-pretenuring --no-parallel-scavenge /app/src/main.js "$@"\n' > /usr/local/bin/hookline \
  && chmod 755 /usr/local/bin/hookline \
  # Docker gives any `--user <uid>` the group 0, so the folder belongs to it; a host folder needs its own chown.
  && mkdir /data /config && chown 10001:0 /data && chmod 2770 /data
WORKDIR /app
ENV NODE_ENV=production MALLOC_ARENA_MAX=1 DATA_DIR=/data HOOKLINE_CONFIG=/config/hookline.yaml
USER 10001
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 CMD ["hookline", "health"]
ENTRYPOINT ["hookline"]
CMD ["start"]
