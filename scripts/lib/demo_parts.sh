# The parts of the demo: each is started once, remembered by its pid, and ended by it. Sourced by scripts/demo.

DEMO=${MESETA_DEMO_DIR:-/var/tmp/meseta-demo}
BRIDGE=meseta0
CGROUP=meseta-demo

# start_part NAME COMMAND...: runs it in a session of its own, its output in log/NAME, its pid and start time in NAME.pid.
start_part() {
    local name=$1
    shift
    setsid "$@" > "$DEMO/log/$name" 2>&1 < /dev/null &
    local pid=$!
    echo "$pid $(start_time $pid)" > "$DEMO/$name.pid"
}

# start_time PID: in ticks since boot; tells a process from a later one with the same number.
start_time() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

alive() {
    local pid started
    { read -r pid started < "$DEMO/$1.pid"; } 2>/dev/null || return 1
    [ -n "$pid" ] && [ "$(start_time "$pid")" = "$started" ] && ! grep -q '^State:.*Z' "/proc/$pid/status" 2>/dev/null
}

running_parts() {
    local file
    for file in "$DEMO"/*.pid; do
        [ -e "$file" ] || continue
        file=$(basename "$file" .pid)
        alive "$file" && echo "$file"
    done
}

# stop_part NAME [SECONDS]: SIGTERM, and SIGKILL when it takes longer.
stop_part() {
    local pid
    if alive "$1"; then
        read -r pid _ < "$DEMO/$1.pid"
        kill -TERM "$pid" 2>/dev/null
        local end=$((SECONDS + ${2:-10}))
        while alive "$1" && [ $SECONDS -lt $end ]; do sleep 0.1; done
        alive "$1" && kill -KILL "$pid" 2>/dev/null
    fi
    rm -f "$DEMO/$1.pid"
}

failed() {
    warn "$1; the end of $DEMO/log/$2:"
    tail -15 "$DEMO/log/$2" >&2
    stop_all
    exit 1
}

# free_port FIRST: the first port from there that nobody listens on.
free_port() {
    local port=$1
    while ss -Hltn "sport = :$port" | grep -q .; do port=$((port + 1)); done
    echo "$port"
}

remember() { printf '%s=%q\n' "$1" "$2" >> "$DEMO/settings"; eval "$1=\$2"; }
[ -e "$DEMO/settings" ] && . "$DEMO/settings"

start_engine() {
    : > "$DEMO/settings"
    remember REGISTRY_PORT "$(free_port 5000)"
    if docker info >/dev/null 2>&1; then
        local running=${DOCKER_HOST:-unix:///var/run/docker.sock}
        remember ENGINE "$running"
        remember IMAGE "127.0.0.1:$REGISTRY_PORT/library/redis"
        say "Docker engine: the one that is running ($running)"
        return
    fi
    say "Docker engine: starting one of our own"
    remember ENGINE "unix://$DEMO/docker.sock"
    remember IMAGE library/redis
    remember OWN_ENGINE 1
    ip link show $BRIDGE >/dev/null 2>&1 || ip link add $BRIDGE type bridge
    ip addr replace 172.29.77.1/24 dev $BRIDGE && ip link set $BRIDGE up
    start_part engine dockerd --data-root "$DEMO/docker" --exec-root "$DEMO/exec" -p "$DEMO/dockerd.pid-file" \
        -H "$ENGINE" --bridge $BRIDGE --iptables=false --ip6tables=false --cgroup-parent "/$CGROUP" \
        --registry-mirror "http://127.0.0.1:$REGISTRY_PORT" --insecure-registry "127.0.0.1:$REGISTRY_PORT"
    wait_until 60 docker -H "$ENGINE" info || failed "the Docker engine does not answer" engine
}

start_registry() {
    cat > "$DEMO/registry.yml" <<YAML
version: 0.1
storage: {filesystem: {rootdirectory: $DEMO/registry}}
http: {addr: "127.0.0.1:$REGISTRY_PORT"}
YAML
    start_part registry docker-registry serve "$DEMO/registry.yml"
    wait_until 20 curl -fsS "http://127.0.0.1:$REGISTRY_PORT/v2/" || failed "the registry does not answer" registry
    say "registry: 127.0.0.1:$REGISTRY_PORT"
}

# Redis as an image of three layers: libraries, programs, settings.
push_redis_image() {
    local tag=127.0.0.1:$REGISTRY_PORT/library/redis:latest context=$DEMO/image
    if ! curl -fsS "http://127.0.0.1:$REGISTRY_PORT/v2/library/redis/tags/list" 2>/dev/null | grep -q latest; then
        say "building the Redis image from Debian's redis-server"
        "$ROOT/scripts/lib/redis_image" "$context" || failed "the Redis image could not be put together" registry
        docker -H "$ENGINE" build -q -t "$tag" "$context" > "$DEMO/log/image" 2>&1 &&
            docker -H "$ENGINE" push -q "$tag" >> "$DEMO/log/image" 2>&1 || failed "the image could not be pushed" image
        docker -H "$ENGINE" rmi "$tag" >/dev/null 2>&1 # so that the agent is seen pulling it
    fi
    say "image: library/redis in the registry"
}

# What master and agents of an earlier demo remember: this one begins anew. Images stay.
forget_cluster() {
    unmount_below "$DEMO"
    rm -rf --one-file-system "$DEMO"/master "$DEMO"/agent-? "$DEMO"/run-?
}

unmount_below() {
    local path
    grep -o " $1/[^ ]*" /proc/mounts | sort -r | while read -r path; do umount "$path" 2>/dev/null; done
}

start_master() {
    remember MASTER_PORT "$(free_port 5050)"
    start_part master "$BIN/mesos-master" --ip=127.0.0.1 --port="$MASTER_PORT" --hostname=localhost \
        --work_dir="$DEMO/master" --cluster=demo
    wait_until 10 curl -fsS "http://127.0.0.1:$MASTER_PORT/health" || failed "the master does not answer" master
    say "master: http://127.0.0.1:$MASTER_PORT"
}

start_agent() {
    local port first=$((31000 + ($1 - 1) * 500))
    port=$(free_port $((5050 + $1)))
    [ "$port" = "$MASTER_PORT" ] && port=$(free_port $((port + 1)))
    remember "AGENT_${1}_PORT" "$port"
    start_part "agent-$1" "$BIN/mesos-agent" --master="127.0.0.1:$MASTER_PORT" --ip=127.0.0.1 --port="$port" \
        --hostname=localhost --containerizers=docker,mesos --docker_socket="${ENGINE#unix://}" \
        --image_providers=docker --isolation=docker/runtime,filesystem/linux \
        --docker_registry="http://127.0.0.1:$REGISTRY_PORT" --docker_store_dir="$DEMO/images-$1" \
        --launcher_dir="$BIN" --work_dir="$DEMO/agent-$1" --runtime_dir="$DEMO/run-$1" \
        --cgroups_root="$CGROUP-agent-$1" \
        --attributes="rack:r$1" --resources="ports:[$first-$((first + 499))]"
    wait_until 20 curl -fsS "http://127.0.0.1:$port/health" || failed "agent $1 does not answer" "agent-$1"
    say "agent $1: http://127.0.0.1:$port"
}

agents_registered() {
    local count
    count=$(curl -fsS "http://127.0.0.1:$MASTER_PORT/metrics/snapshot" | grep -o '"master/slaves_active":[0-9]*' | grep -o '[0-9]*$')
    [ "${count:-0}" -ge "$1" ]
}

# launch_redis NAME OPTIONS...
launch_redis() {
    local name=$1 shown="" word
    shift
    for word in "$@"; do
        case $word in *[\"\ ]*) shown+=" '$word'" ;; *) shown+=" $word" ;; esac
    done
    say "launching: mesos-execute --master=127.0.0.1:$MASTER_PORT$shown"
    start_part "$name" "$BIN/mesos-execute" --master="127.0.0.1:$MASTER_PORT" "$@"
}

# redis_task NAME PORT CONTAINER: Redis on a port of its own: arguments for the image's entrypoint are told in JSON only.
redis_task() {
    printf '{"name":"%s","task_id":{"value":"%s"},"agent_id":{"value":""},' "$1" "$1"
    printf '"resources":[{"name":"cpus","type":"SCALAR","scalar":{"value":0.5}},'
    printf '{"name":"mem","type":"SCALAR","scalar":{"value":128}}],'
    printf '"command":{"shell":false,"arguments":["--port","%s"]},"container":%s}' "$2" "$3"
}

redis_answers() { redis-cli -h 127.0.0.1 -p "$1" ping | grep -qx PONG; }

ask_redis() {
    wait_until 60 redis_answers "$2" || failed "$1 does not answer on port $2" "$1"
    say "$1: redis-cli -p $2 ping"
    redis-cli -h 127.0.0.1 -p "$2" ping
}

# The same image twice: in Docker, with the image's own settings unless their port is taken, and in a native container,
# for which no engine is needed.
run_both_redis() {
    remember REDIS_PORT "$(free_port 6379)"
    if [ "$REDIS_PORT" = 6379 ]; then
        launch_redis redis --name=redis --docker_image="$IMAGE" --containerizer=docker --shell=false
    else
        launch_redis redis --task="$(redis_task redis "$REDIS_PORT" '{"type":"DOCKER","docker":{"image":"'"$IMAGE"'"}}')"
    fi
    ask_redis redis "$REDIS_PORT"
    remember NATIVE_PORT "$(free_port $((REDIS_PORT + 1)))"
    launch_redis redis-native --task="$(redis_task redis-native "$NATIVE_PORT" \
        '{"type":"MESOS","mesos":{"image":{"type":"DOCKER","docker":{"name":"'"$IMAGE"'"}}}}')"
    ask_redis redis-native "$NATIVE_PORT"
}

screenshot() {
    local file=${MESETA_DEMO_SCREENSHOT:-$DEMO/console.png}
    QT_QPA_PLATFORM=offscreen "$BIN/mesos-console" --master="127.0.0.1:$MASTER_PORT" --size=1280x800 --screenshot="$file" \
        > "$DEMO/log/console" 2>&1 || failed "the console could not draw itself" console
    say "screenshot: $file"
}

show_status() {
    local parts
    parts=$(running_parts)
    if [ -z "$parts" ]; then
        say "nothing of the demo is running"
        return
    fi
    cat <<TEXT

  master     http://127.0.0.1:${MASTER_PORT:-?}          log: $DEMO/log/master
  agents     http://127.0.0.1:${AGENT_1_PORT:-?} and http://127.0.0.1:${AGENT_2_PORT:-?}   logs: $DEMO/log/agent-1, agent-2
  redis      127.0.0.1:${REDIS_PORT:-?} in Docker, 127.0.0.1:${NATIVE_PORT:-?} native   logs: $DEMO/log/redis, redis-native
  registry   127.0.0.1:${REGISTRY_PORT:-?}              holds library/redis
  engine     ${ENGINE:-?}
  console    $BIN/mesos-console --master=127.0.0.1:${MASTER_PORT:-?}
  running    $(echo $parts)
  stop       scripts/demo --stop

TEXT
}

stop_all() {
    local part
    stop_part redis-native 15
    stop_part redis 15
    stop_part console
    for part in agent-1 agent-2 master registry; do stop_part $part; done
    [ -n "${OWN_ENGINE:-}" ] && alive engine && docker -H "$ENGINE" ps -aq 2>/dev/null | xargs -r docker -H "$ENGINE" rm -f >/dev/null 2>&1
    stop_part engine 20
    [ -n "${OWN_ENGINE:-}" ] && remove_engine_traces
    remove_groups
    say "stopped; logs and the image cache stay in $DEMO"
}

# What a Docker engine leaves in the kernel when it goes.
remove_engine_traces() {
    local path
    ip link del $BRIDGE 2>/dev/null
    unmount_below "$DEMO"
    rm -f "$DEMO/docker.sock" "$DEMO/dockerd.pid-file"
}

# The control groups of the engine's containers and of the agents' own.
remove_groups() {
    local path
    for path in /sys/fs/cgroup/$CGROUP* /sys/fs/cgroup/*/$CGROUP*; do
        [ -d "$path" ] && find "$path" -depth -type d -exec rmdir {} + 2>/dev/null
    done
    return 0
}
