#!/bin/sh
# Second program of the guest, on the host's root: udev, then the scenario, then off.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LC_ALL=C.UTF-8
project=$1
scenario=$(sed -n 's/.*lab.scenario=\([^ ]*\).*/\1/p' /proc/cmdline)
ip link set lo up 2>/dev/null
mkdir -p /run/udev/rules.d /tmp/udev
# Only the rules the lab needs: a full coldplug over 9p takes 10 s.
mount -t tmpfs tmpfs /usr/lib/udev/rules.d 2>/dev/null || mount -t tmpfs tmpfs /lib/udev/rules.d
for rules in 50-udev-default 60-block 60-persistent-storage; do
  [ -f "/ro/usr/lib/udev/rules.d/$rules.rules" ] && cp "/ro/usr/lib/udev/rules.d/$rules.rules" /run/udev/rules.d/
done
cp "$project"/tests/devicelab/guest/*.rules /run/udev/rules.d/
udevd=/lib/systemd/systemd-udevd
[ -x $udevd ] || udevd=/usr/lib/systemd/systemd-udevd
$udevd --daemon 2>/dev/null
udevadm trigger --type=subsystems --action=add --subsystem-match=module --sysname-match=block
udevadm trigger --action=add --subsystem-match=block --subsystem-match=virtio-ports
udevadm settle --timeout=10
cd "$project"
PATH="$project/node_modules/.bin:$PATH" node "$project/tests/devicelab/guest/run.ts" "$scenario" 2>&1
sync
/bin/busybox poweroff -f
