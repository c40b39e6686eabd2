#!/usr/bin/env bash
# The Docker image without Docker: runs the `install` stage of the Dockerfile in an empty folder, starts the daemon
# from it as a user who owns nothing and can write nothing but DATA_DIR, and sends one signed webhook through it.
#
#   npm run proof:install             as root (CI): runs the daemon under a random uid
#   KEEP=1 npm run proof:install      keeps the folder, the ledger and daemon.log to look at
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly REPOSITORY=$PWD
readonly FIXTURE=$REPOSITORY/test/fixtures/callab/call_ended.json
readonly SECRET=production-install-secret
readonly RUN_AS=$((RANDOM + 20000))
WORK=$(mktemp -d "${TMPDIR:-/tmp}/hookline-production.XXXXXX")
readonly WORK APP=$WORK/app DATA=$WORK/data LOG=$WORK/daemon.log
daemon=

main() {
  trap clean_up EXIT
  step 'Install what the Dockerfile installs';     install_like_the_dockerfile
  step "Lay out config and data for uid $RUN_AS";  lay_out
  step 'Refuse a DATA_DIR that cannot be written'; refuse_unwritable_data_dir
  step 'Start';                                    start
  step 'Send one signed webhook';                  send_webhook
  step 'Find the call';                            find_call
  step 'Stop';                                     stop
  echo 'The production install works.'
}

# Reads the stage instead of repeating it, so that the two cannot drift apart.
install_like_the_dockerfile() {
  local instruction arguments
  mkdir "$APP"
  sed -n '/ AS install$/,/^FROM debian/p' Dockerfile | while read -r instruction arguments; do
    case $instruction in
      COPY) copy_into_app $arguments ;;
      RUN) (cd "$APP" && sh -ec "$arguments" < /dev/null) ;;
      WORKDIR | FROM | '#' | '') ;;
      *) fail "Teach $0 the Dockerfile instruction $instruction." ;;
    esac
  done
}

# COPY <source>… <target>, where a folder keeps its name. From git, as a clone has it: a file that was never committed
# must not make this pass.
copy_into_app() {
  local source
  for source in "${@:1:$#-1}"; do
    grep -qxF "!$source" .dockerignore || fail ".dockerignore does not let $source through."
    git ls-files --error-unmatch "$source" > /dev/null || fail "$source is not in git."
    git ls-files -z "$source" | xargs -0 cp --parents -t "$APP"
  done
}

lay_out() {
  mkdir "$DATA" "$WORK/config" "$WORK/locked"
  cat > "$WORK/config/hookline.yaml" <<'YAML'
sources:
  callab: { platform: callab, secrets: ["${CALLAB_SECRET}"] }
destinations:
  sandbox: { type: sandbox }
integrations:
  - name: Keep the sandbox in step
    trigger: [call.ended]
    actions: [{ sync: sandbox }]
YAML
  # mktemp makes folders only their owner can enter.
  chmod 755 "$WORK" "$WORK/config" "$WORK/locked"
  if [ "$(id -u)" = 0 ]; then chown "$RUN_AS:$RUN_AS" "$DATA"; fi
  if (exec_as_user sh -c ": >> '$APP/src/main.js'") 2> /dev/null; then fail 'The daemon could write its own source.'; fi
}

refuse_unwritable_data_dir() {
  if [ "$(id -u)" != 0 ]; then chmod a-w "$WORK/locked"; fi
  local code=0
  DATA_DIR=$WORK/locked hookline start > "$WORK/refusal.txt" 2>&1 || code=$?
  cat "$WORK/refusal.txt"
  [ "$code" = 2 ] || fail "It exited with $code instead of 2."
  grep -qE "chown .*$WORK/locked" "$WORK/refusal.txt" || fail 'It does not name the exact chown.'
}

start() {
  PORT=$(free_port)
  ADMIN_PORT=$(free_port)
  (exec_hookline start) > "$LOG" 2>&1 &
  daemon=$!
  for _ in $(seq 100); do
    if answers_ok "http://127.0.0.1:$PORT/healthz"; then break; fi
    kill -0 "$daemon" 2> /dev/null || fail 'The daemon ended.'
    sleep 0.2
  done
  answers_ok "http://127.0.0.1:$PORT/healthz" || fail 'No answer from /healthz in 20 seconds.'
  # What HEALTHCHECK runs.
  hookline health
}

send_webhook() {
  local signature status
  signature=$(openssl dgst -sha256 -hmac "$SECRET" -hex < "$FIXTURE" | sed 's/^.* //')
  status=$(post "http://127.0.0.1:$PORT/webhooks/callab" "$FIXTURE" "$signature")
  [ "$status" = 200 ] || fail "The webhook was answered $status."
}

# The fold follows the 200, so the call may be a moment late.
find_call() {
  local id
  id=$(runtime -p 'require(process.argv[1]).call.id' "$FIXTURE")
  for _ in $(seq 50); do
    hookline calls list --json > "$WORK/calls.json" 2> "$WORK/calls.err" || true
    if grep -qF "\"$id\"" "$WORK/calls.json"; then return; fi
    sleep 0.2
  done
  cat "$WORK/calls.json" "$WORK/calls.err" >&2
  fail "Call $id is not in \`hookline calls list --json\`."
}

stop() {
  kill -TERM "$daemon"
  wait "$daemon" || fail "The daemon exited with $? after SIGTERM."
  daemon=
}

hookline() { (exec_hookline "$@"); }

# Replaces the shell, so that the pid of a background job is the daemon's.
exec_hookline() {
  exec_as_user env -i PATH="$APP/node_modules/.bin:/usr/bin:/bin" NODE_ENV=production \
    HOOKLINE_CONFIG="$WORK/config/hookline.yaml" DATA_DIR="${DATA_DIR:-$DATA}" CALLAB_SECRET="$SECRET" \
    HOST=127.0.0.1 PORT="${PORT:-8080}" ADMIN_PORT="${ADMIN_PORT:-8081}" node "$APP/src/main.js" "$@"
}

# Without root the user stays who he is; the read-only source tree still holds.
exec_as_user() {
  cd "$APP"
  if [ "$(id -u)" = 0 ]; then exec setpriv --reuid="$RUN_AS" --regid="$RUN_AS" --clear-groups -- "$@"; fi
  exec "$@"
}

runtime() { "$APP/node_modules/.bin/node" "$@"; }

free_port() {
  runtime -e 'const s = require("node:net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'
}

answers_ok() {
  runtime -e 'fetch(process.argv[1]).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))' "$1"
}

post() {
  runtime -e '
    const [url, file, signature] = process.argv.slice(1);
    const headers = { "content-type": "application/json", "x-callab-signature": signature };
    const body = require("node:fs").readFileSync(file);
    fetch(url, { method: "POST", headers, body }).then((answer) => console.log(answer.status), console.error);' "$@"
}

step() { printf '\n-- %s\n' "$1"; }

fail() {
  printf 'FAILED: %s\n' "$1" >&2
  if [ -s "$LOG" ]; then tail -n 40 "$LOG" >&2; fi
  exit 1
}

clean_up() {
  if [ -n "$daemon" ]; then kill -KILL "$daemon" 2> /dev/null || true; fi
  if [ -n "${KEEP:-}" ]; then echo "Kept: $WORK"; else chmod -R u+w "$WORK" && rm -rf "$WORK"; fi
}

main
