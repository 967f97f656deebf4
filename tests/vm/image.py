"""Makes the image of a machine: a Debian with its own kernel, SELinux or AppArmor enforcing, on XFS or ext4."""
import contextlib, fcntl, hashlib, json, os, re, shlex, shutil, subprocess, sys, time

LAYOUT, SIZE = 5, '8G'      # raise the first when build() changes: images that were made before are then not taken
PACKAGES = """systemd systemd-sysv dbus libpam-systemd udev kmod iproute2 nftables openssh-server openssh-client apache2
  chrony rsyslog logrotate ca-certificates curl openssl procps tzdata busybox-static linux-image-cloud-amd64""".split()
LSM_PACKAGES = {'none': [], 'apparmor': ['apparmor', 'apparmor-utils'], 'selinux': """selinux-policy-default policycoreutils
  policycoreutils-python-utils selinux-utils semodule-utils checkpolicy setools auditd""".split()}
LSM_ARGUMENTS = {'none': 'apparmor=0 selinux=0', 'apparmor': 'security=apparmor apparmor=1', 'selinux': 'security=selinux selinux=1 audit=1'}
MASKED = """apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer e2scrub_reap.service xfs_scrub_all.timer fstrim.timer
  man-db.timer dpkg-db-backup.timer getty@tty1.service systemd-networkd-wait-online.service""".split()
ME, BOOT_ID = os.path.realpath(__file__), 'cat /proc/sys/kernel/random/boot_id'

# The guest's own files, below /etc. `ip netns` would be simpler, but SELinux lets it mount nothing: a service that sleeps holds
# the namespace. machine-id: an empty one would preset all units.
GUEST_FILES = {name: text.replace(' | ', '\n') + '\n' for name, text in {
    'hostname': 'guest', 'hosts': '127.0.0.1 localhost | 127.0.1.1 guest | ::1 localhost', 'machine-id': '0123456789abcdef' * 2,
    'systemd/journald.conf.d/boot-vm.conf': '[Journal] | Storage=persistent | SystemMaxUse=64M',
    'boot-vm/sshd_config': 'HostKey /etc/boot-vm/host_key | AuthorizedKeysFile /etc/boot-vm/authorized_keys | AuthenticationMethods publickey'
    ' | PermitRootLogin yes | StrictModes no | UsePAM yes | UseDNS no | PidFile none | MaxSessions 50'
    ' | ForceCommand exec nsenter -t 1 -n -- /bin/bash -c "$SSH_ORIGINAL_COMMAND"',
    'systemd/system/boot-vm-space.service': '[Unit] | DefaultDependencies=no | [Service] | Type=exec | PrivateNetwork=yes'
    ' | ExecStart=/bin/sleep infinity',
    'systemd/system/boot-vm-net.service': '[Unit] | DefaultDependencies=no | Wants=network.target network-pre.target'
    ' | Requires=boot-vm-space.service | After=sysinit.target boot-vm-space.service | Before=network-pre.target network.target'
    ' | [Service] | Type=oneshot | RemainAfterExit=yes | ExecStart=/bin/sh -ec "until [ -e /sys/class/net/eth1 ]; do sleep 0.2; done;'
    ' ip address add 10.0.2.15/24 dev eth0; ip link set eth0 up; ip route add default via 10.0.2.2;'
    ' ip link set eth1 netns $$(systemctl show --property=MainPID --value boot-vm-space.service)"',
    'systemd/system/boot-vm-ssh.service': '[Unit] | Requires=boot-vm-net.service | After=boot-vm-net.service'
    ' | JoinsNamespaceOf=boot-vm-space.service | [Service] | PrivateNetwork=yes | RuntimeDirectory=sshd | RuntimeDirectoryPreserve=yes'
    ' | ExecStartPre=/bin/sh -c "ip address replace 10.0.3.15/24 dev eth1; ip link set eth1 up"'
    ' | ExecStart=/usr/sbin/sshd -D -f /etc/boot-vm/sshd_config | KillMode=process | Restart=always | OOMScoreAdjust=-1000'
    ' | [Install] | WantedBy=multi-user.target'}.items()}

class Failed(Exception): pass
def say(text): print(f'boot-vm: {text}', file=sys.stderr, flush=True)
def sh(*command, **options):
    if 'input' not in options:
        options.setdefault('stdin', subprocess.DEVNULL)
    done = subprocess.run(command, **{'text': True, 'stdout': subprocess.PIPE, 'stderr': subprocess.PIPE, **options})
    if done.returncode:
        raise Failed(f'{shlex.join(command)[:200]} ended with {done.returncode}\n{done.stderr[-2000:]}'.rstrip())
    return done.stdout
def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as file: file.write(text)
    os.chmod(path, mode)

def debian_sources():
    codename = re.search(r'^VERSION_CODENAME=(\w+)', open('/etc/os-release').read(), re.M).group(1)
    listed = sh('apt-get', 'indextargets', '--format', '$(REPO_URI) $(RELEASE) $(COMPONENT)', 'Created-By: Packages')
    wanted = re.compile(rf'\S+ {codename}(-updates|-security)? \S+')
    return codename, sorted({line for line in listed.splitlines() if wanted.fullmatch(line)})

def image(lsm='apparmor', fs='ext4', packages=(), cache_dir=None):
    """The folder of an image: disk.raw, vmlinuz, initrd, key. Of two at once, one makes it and the other takes it."""
    cache_dir = os.path.abspath(cache_dir or os.environ.get('BOOT_VM_CACHE') or '/var/tmp/boot-vm')
    codename, sources = debian_sources()
    wanted = PACKAGES + LSM_PACKAGES[lsm] + [{'xfs': 'xfsprogs', 'ext4': 'e2fsprogs'}[fs]] + sorted(packages)
    inputs = json.dumps([LAYOUT, SIZE, codename, sources, wanted, lsm, fs, MASKED, GUEST_FILES])
    folder = f'{cache_dir}/{codename}-{lsm}-{fs}-{hashlib.sha256(inputs.encode()).hexdigest()[:12]}'
    os.makedirs(cache_dir, mode=0o700, exist_ok=True)
    with open(f'{cache_dir}/.lock', 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.isdir(folder):
            begun = time.monotonic()
            shutil.rmtree(folder + '.new', ignore_errors=True)
            os.makedirs(folder + '.new/root', mode=0o700)
            write(folder + '.new/inputs.json', json.dumps(dict(codename=codename, sources=sources, packages=wanted, lsm=lsm, fs=fs)))
            sh('unshare', '-m', '--', sys.executable, ME, '_build', folder + '.new', stdout=sys.stderr)
            os.rename(folder + '.new', folder)
            say(f'image made in {time.monotonic() - begun:.0f} s: {folder}')
    return folder

def build(folder):      # in a mount namespace of its own: what is mounted goes with the process, however that ends
    given, root = json.load(open(folder + '/inputs.json')), folder + '/root'
    lsm, fs, disk = given['lsm'], given['fs'], folder + '/disk.raw'
    sh('truncate', '-s', SIZE, disk)
    sh(*{'ext4': ['mkfs.ext4', '-q', '-F'], 'xfs': ['mkfs.xfs', '-q', '-f']}[fs], '-L', 'root', disk)
    sh('mount', '-o', 'loop', disk, root)
    shutil.rmtree(root + '/lost+found', ignore_errors=True)
    proxy = re.search(r"'(.+)'", sh('apt-config', 'shell', 'p', 'Acquire::http::Proxy'))
    sh('mmdebstrap', '--quiet', '--mode=root', '--variant=minbase', '--include=' + ','.join(given['packages']),
       '--dpkgopt=path-exclude=/usr/share/doc/*', '--dpkgopt=path-exclude=/usr/share/man/*', '--dpkgopt=path-exclude=/usr/share/locale/*',
       *([f'--aptopt=Acquire::http::Proxy "{proxy.group(1)}"'] if proxy else []), given['codename'], root, '-',
       input=''.join(f'deb {line}\n' for line in given['sources']), env={**os.environ, 'INITRD': 'No', 'LC_ALL': 'C.UTF-8'})
    # Nothing of where the packages came from stays; the guest has no network to fetch more.
    sh('sh', '-c', 'cd "$1/etc" && rm -f apt/sources.list apt/apt.conf.d/99mmdebstrap dpkg/dpkg.cfg.d/99mmdebstrap', 'sh', root)
    shutil.rmtree(root + '/var/lib/apt/lists', ignore_errors=True)
    for name, text in {**GUEST_FILES, 'fstab': f'/dev/vda / {fs} defaults 0 0\n'}.items():
        write(f'{root}/etc/{name}', text)
    # systemd would move a clock that is older than its own build forward; this file's time counts instead.
    write(root + '/usr/lib/clock-epoch', '')
    os.utime(root + '/usr/lib/clock-epoch', (1577836800, 1577836800))
    for unit in MASKED: os.symlink('/dev/null', f'{root}/etc/systemd/system/{unit}')
    for key in (folder + '/key', root + '/etc/boot-vm/host_key'):
        sh('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'boot-vm', '-f', key)
    shutil.copy(folder + '/key.pub', root + '/etc/boot-vm/authorized_keys')
    sh('chroot', root, 'systemctl', '-q', 'enable', 'boot-vm-ssh.service')
    initrd(root, folder, fs)
    if lsm == 'selinux':    # setfiles sets labels by /proc/self/fd; -m: all of this file system, whatever the host's mount table says
        write(root + '/etc/selinux/config', 'SELINUX=enforcing\nSELINUXTYPE=default\n')
        sh('mount', '-t', 'proc', 'proc', root + '/proc')
        sh('chroot', root, 'setfiles', '-m', '-F', '-e', '/proc', '/etc/selinux/default/contexts/files/file_contexts', '/')
        sh('umount', root + '/proc')
    sh('umount', root)
    os.rmdir(root)
    os.unlink(folder + '/inputs.json')

def initrd(root, folder, fs):
    """As little as finds the root: Debian's own would start a udev, and that is slow here."""
    (version,), work, paths = os.listdir(root + '/lib/modules'), folder + '/initrd.work', []
    shutil.copy(f'{root}/boot/vmlinuz-{version}', folder + '/vmlinuz')
    for module in ('virtio_pci', 'virtio_blk', 'crc32c_generic', fs):
        for line in sh('chroot', root, 'modprobe', '-S', version, '-D', module).splitlines():
            paths += [path for path in line.removeprefix('insmod ').split()[:1] if line.startswith('insmod ') and path not in paths]
    for path in ['/bin/busybox', *paths]:
        os.makedirs(os.path.dirname(work + path), exist_ok=True)
        shutil.copy(root + path, work + path)
    sh('mkdir', *(f'{work}/{name}' for name in ('proc', 'dev', 'root')))
    write(work + '/init', '#!/bin/busybox sh\nb=/bin/busybox\n$b mount -t proc proc /proc\n$b mount -t devtmpfs dev /dev\n'
          + ''.join(f'$b insmod {path}\n' for path in paths)
          + 'n=0\nuntil [ -b /dev/vda ] || [ $n = 100 ]; do $b sleep 0.1; n=$((n+1)); done\n'
          + f'$b mount -t {fs} /dev/vda /root || $b poweroff -f\n$b umount /dev\n$b umount /proc\nexec $b switch_root /root /sbin/init\n', 0o755)
    sh('sh', '-c', f'cd "$1" && find . | cpio --quiet -o -H newc | gzip -1 >"$2"', 'sh', work, folder + '/initrd')
    shutil.rmtree(work)


if __name__ == '__main__' and sys.argv[1:2] == ['_build']:
    build(sys.argv[2])
