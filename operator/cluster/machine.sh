#!/bin/bash
# Process 1 of a test cluster's own mount, network and process namespaces. It lays out the folders and the network, says so by
# the file `ready`, and then only buries the dead. When it is killed the kernel ends everything that runs in there, and every
# mount, interface, route and firewall rule goes with the namespaces.
# usage: machine.sh STATE_FOLDER BRIDGE_ADDRESS/PREFIX
set -eu
state=$1 bridge=$2

# First of all who this is, as the machine outside knows it: whoever starts us may be gone in a moment.
read -r stat </proc/self/stat
pid=${stat%% *}
set -- ${stat##*) }
printf '{"pid":%s,"startTicks":"%s"}' "$pid" "${20}" >"$state/init.json.part"
mv "$state/init.json.part" "$state/init.json"

mount --make-rprivate /
mount -t proc proc /proc
# Programs may write to their usual places under /var and /run; what they write there lands in the state folder or in memory.
mkdir -p "$state"/{var,var-work,kubelet,containerd,volumes}
mount -t overlay overlay -o "lowerdir=/var,upperdir=$state/var,workdir=$state/var-work" /var
mount -t tmpfs tmpfs /run
mkdir -p /run/netns /var/lib/{kubelet,containerd,berth-volumes}
# These hold file systems of pods, which cannot lie on an overlay.
mount --bind "$state/kubelet" /var/lib/kubelet
mkdir -p /var/lib/kubelet/{device-plugins,plugins_registry,plugins/gpu.example.com}
mount --bind "$state/containerd" /var/lib/containerd
mount --bind "$state/volumes" /var/lib/berth-volumes
mount --make-rshared /

ip link set lo up
ip link add cbr0 type bridge
ip address add "$bridge" dev cbr0
ip link set cbr0 up
# Replies between two pods on the bridge must pass the rules that translated their addresses.
sysctl -qw net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=1
# Nobody filters IPv6, so nobody may use it.
if [ -e /proc/sys/net/ipv6 ]; then sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1; fi

trap 'exit 0' TERM
touch "$state/ready"
while :; do
  sleep 86400 &
  wait $! || true
done
