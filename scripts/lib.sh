# shellcheck shell=bash
# What scripts/test stands on: packages, a PostgreSQL of its own, and leaving
# nothing behind. Sourced, not run.

INSTALL=yes       # whether missing packages may be installed
WORK=             # the run's folder; everything the run writes outside target/ is in it
RUN_ID=           # marks, as an environment variable, each process a step starts
JOB=              # process group of the step under way
PG_BIN=           # folder of initdb and pg_ctl
PG_DATA=          # data folder of the started PostgreSQL
NO_CLUSTER_CONF=  # see install_postgres
APT_FRESH=        # set once apt's lists are up to date

say() { printf '\n==> %s\n' "$*"; }

warn() { printf 'scripts/test: %s\n' "$*" >&2; }

die() {
  warn "$*"
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

is_root() { [[ $(id -u) -eq 0 ]]; }

make_work() {
  WORK=$(mktemp -d "${TMPDIR:-/tmp}/kaohe-test.XXXXXX")
  RUN_ID=$(basename "$WORK")
  mkdir -m 700 "$WORK/tmp" "$WORK/log"
  # The user that runs PostgreSQL under root has to pass through.
  if is_root; then chmod 711 "$WORK"; fi
}

# --- packages ---------------------------------------------------------------

as_root() {
  if is_root; then "$@"; else sudo "$@"; fi
}

can_install() {
  [[ $INSTALL == yes ]] && have apt-get && { is_root || have sudo; }
}

apt_install() {
  if [[ -z $APT_FRESH ]]; then
    as_root apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -q update || return
    APT_FRESH=yes
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 \
    -o Acquire::Retries=3 -qy install --no-install-recommends "$@"
}

# need WHAT CHECK INSTALL: makes sure that CHECK succeeds, by INSTALL if it must.
need() {
  local what=$1 check=$2 install=$3
  if "$check"; then return; fi
  if ! can_install; then
    die "$what is missing, and nothing may or can be installed here (see --help)"
  fi
  say "installing $what"
  "$install" || warn "installing $what failed"
  "$check" || die "$what is still missing after the installation"
}

has_python() { have python3; }

install_python() { apt_install python3; }

has_fonts() {
  if have fc-list && [[ -n $(fc-list :lang=zh-cn) ]]; then return; fi
  [[ $(dpkg-query -W -f '${Status}' fonts-noto-cjk 2>/dev/null) == *' installed' ]]
}

install_fonts() { apt_install fonts-noto-cjk; }

# Prints the first of the named programs that answers to --version. Ubuntu's
# chromium-browser may be there and yet only tell to install a snap.
first_working() {
  local program
  for program in "$@"; do
    if timeout 30 "$program" --version </dev/null >/dev/null 2>&1; then
      command -v "$program"
      return
    fi
  done
  return 1
}

find_chromium() {
  first_working ${CHROMIUM:+"$CHROMIUM"} chromium chromium-browser \
    /snap/bin/chromium google-chrome google-chrome-stable
}

find_chromedriver() {
  first_working ${CHROMEDRIVER:+"$CHROMEDRIVER"} chromedriver \
    /usr/lib/chromium/chromedriver /usr/lib/chromium-browser/chromedriver \
    /snap/bin/chromium.chromedriver
}

has_browser() { find_chromium >/dev/null && find_chromedriver >/dev/null; }

# Debian's names, Ubuntu's names, and the snap that Ubuntu's packages stand for.
install_browser() {
  apt_install chromium chromium-driver ||
    apt_install chromium-browser chromium-chromedriver || true
  has_browser || { have snap && as_root snap install chromium; }
}

has_npm() { have npm; }

install_npm() { apt_install npm; }

# npm_file PACKAGE FILE: fetches a package of the npm registry into the run's folder,
# runs nothing of it, and prints the path of one of its files.
npm_file() {
  local name=${1%@*} folder
  folder=$WORK/npm/$name
  if [[ ! -e $folder ]]; then
    mkdir -p "$folder" || return
    (cd "$folder" && npm pack --silent --ignore-scripts "$1" >/dev/null &&
      tar -xzf ./*.tgz --strip-components=1) || return
  fi
  printf '%s\n' "$folder/$2"
}

has_postgres() {
  local dir
  PG_BIN=
  while IFS= read -r dir; do
    if [[ -x $dir/initdb && -x $dir/pg_ctl && -x $dir/postgres ]]; then PG_BIN=$dir; fi
  done < <(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V)
  if [[ -z $PG_BIN ]] && have initdb && have pg_ctl; then
    PG_BIN=$(dirname "$(command -v initdb)")
  fi
  [[ -n $PG_BIN ]]
}

# The package would make and start a database server for the whole machine; the
# tests want only its programs.
install_postgres() {
  local conf=/etc/postgresql-common/createcluster.d/kaohe-test.conf status=0
  NO_CLUSTER_CONF=$conf
  as_root mkdir -p "$(dirname "$conf")" || return
  echo 'create_main_cluster = false' | as_root tee "$conf" >/dev/null || return
  apt_install postgresql || status=$?
  drop_no_cluster_conf
  return "$status"
}

drop_no_cluster_conf() {
  if [[ -n $NO_CLUSTER_CONF ]]; then as_root rm -f "$NO_CLUSTER_CONF"; fi
  NO_CLUSTER_CONF=
}

# --- PostgreSQL -------------------------------------------------------------

# PostgreSQL refuses to run as root.
as_postgres() {
  if is_root; then
    (cd / && exec runuser -u postgres -- "$@")
  else
    "$@"
  fi
}

start_postgres() {
  local data=$WORK/postgres
  mkdir -m 700 "$data" || return
  if is_root; then chown postgres: "$data"; fi
  if ! as_postgres test -w "$data"; then
    warn "user postgres cannot enter $data; set TMPDIR to a folder open to all users"
    return 1
  fi
  if ! as_postgres "$PG_BIN/initdb" --pgdata="$data" --username=kaohe --auth=trust \
    --encoding=UTF8 --locale=C.UTF-8 >"$WORK/log/initdb" 2>&1; then
    warn "initdb failed: $(<"$WORK/log/initdb")"
    return 1
  fi
  cat >>"$data/postgresql.conf" <<'CONF'
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 300
CONF
  PG_DATA=$data
  start_on_free_port
}

# Only the server itself can tell for sure that a port is free: by taking it.
start_on_free_port() {
  local port _
  for _ in {1..20}; do
    port=$((RANDOM % 12000 + 20000))
    if as_postgres "$PG_BIN/pg_ctl" --pgdata="$PG_DATA" --silent --wait --timeout=60 \
      --log="$PG_DATA/server.log" --options="-p $port" start \
      </dev/null >"$WORK/log/pg_ctl" 2>&1; then
      export TEST_POSTGRES_URL="postgres://kaohe@127.0.0.1:$port/postgres"
      echo "PostgreSQL is at $TEST_POSTGRES_URL"
      return
    fi
    grep -q 'Address already in use' "$PG_DATA/server.log" || break
    : >"$PG_DATA/server.log"
  done
  warn "PostgreSQL did not start: $(tail -n 20 "$WORK/log/pg_ctl" "$PG_DATA/server.log" 2>&1)"
  return 1
}

stop_postgres() {
  if [[ -z $PG_DATA || ! -e $PG_DATA/postmaster.pid ]]; then return; fi
  as_postgres "$PG_BIN/pg_ctl" --pgdata="$PG_DATA" --silent --mode=fast --timeout=30 stop ||
    as_postgres "$PG_BIN/pg_ctl" --pgdata="$PG_DATA" --silent --mode=immediate stop
}

# --- leaving nothing behind -------------------------------------------------

# Process ids of everything that still carries this run's mark: a browser leaves
# its parent's process group, but it keeps the environment.
marked() {
  grep -lszxF "KAOHE_TEST_RUN=$RUN_ID" /proc/[0-9]*/environ | cut -d/ -f3
}

end_marked() {
  local signal pids
  for signal in TERM TERM KILL; do
    mapfile -t pids < <(marked)
    if [[ ${#pids[@]} -eq 0 ]]; then return 0; fi
    kill -s "$signal" -- "${pids[@]}" 2>/dev/null || true
    sleep 1
  done
}

cleanup() {
  local status=$?
  set +e
  trap '' INT TERM HUP
  trap - EXIT
  if [[ -n $JOB ]]; then kill -- "-$JOB" 2>/dev/null; fi
  if [[ -n $WORK ]]; then
    end_marked
    stop_postgres
    rm -rf "$WORK"
  fi
  drop_no_cluster_conf
  exit "$status"
}
