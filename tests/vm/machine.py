"""One machine: boots, runs commands, reboots; qemu without KVM, so that it runs on any host."""
import contextlib, json, os, re, shlex, shutil, signal, socket, subprocess, tempfile, time

from image import BOOT_ID, Failed, LSM_ARGUMENTS, image, say, sh, write

class Machine:
    """A machine in a folder: start, exec, put, get, reboot, power_cut, stop, monitor, destroy."""
    def __init__(self, state):
        self.state = os.path.abspath(state)
    def settings(self): return json.load(open(self.path('settings.json')))
    def path(self, name): return f'{self.state}/{name}'
    def pid(self):      # of its qemu, which names the folder in its arguments; 0: it is off
        with contextlib.suppress(OSError, ValueError):
            pid = int(open(self.path('qemu.pid')).read())
            if self.path('qemu.pid').encode() in open(f'/proc/{pid}/cmdline', 'rb').read().split(b'\0'):
                return pid
        return 0
    def status(self):
        return 'absent' if not os.path.exists(self.path('settings.json')) else 'on' if self.pid() else 'off'
    def start(self, lsm='apparmor', fs='ext4', packages=(), cache_dir=None, **machine):
        """Boots it, and returns the seconds until systemd says running or degraded."""
        if self.pid():
            raise Failed(f'{self.state} is on already')
        if self.status() == 'absent':
            folder = image(lsm, fs, packages, cache_dir)
            os.makedirs(self.state, mode=0o700, exist_ok=True)
            shutil.copy(folder + '/key', self.path('key'))
            os.chmod(self.path('key'), 0o600)
            sh('qemu-img', 'create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', folder + '/disk.raw', self.path('disk.qcow2'))
            write(self.path('settings.json'), json.dumps(dict(image=folder, lsm=lsm, fs=fs)))
        settings = {**self.settings(), **{key: value for key, value in machine.items() if value is not None}}
        write(self.path('settings.json'), json.dumps(settings))
        begun = time.monotonic()
        for _ in range(5):      # another process may take the port first
            with socket.socket() as probe:
                probe.bind(('127.0.0.1', 0))
                port = probe.getsockname()[1]
            done = subprocess.run(self.qemu(settings, port), capture_output=True, text=True, stdin=subprocess.DEVNULL)
            if 'Could not set up host forwarding' not in done.stderr:
                break
        if done.returncode:
            raise Failed('qemu: ' + done.stderr.strip())
        write(self.path('port'), str(port))
        return self.wait_up(begun)
    def qemu(self, settings, port):
        folder, rtc = settings['image'], settings.get('rtc') or '+0'
        if re.fullmatch(r'[+-]\d+', rtc):
            rtc = time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(time.time() + int(rtc)))
        arguments = f'root=/dev/vda console=ttyS0 loglevel=4 panic=5 net.ifnames=0 mitigations=off {LSM_ARGUMENTS[settings["lsm"]]}'
        arguments += f' enforcing={0 if settings.get("permissive") else 1}'
        return ['qemu-system-x86_64', '-accel', 'tcg,thread=multi', '-machine', 'q35', '-cpu', 'max', '-smp', str(settings.get('cpus', 2)),
                '-m', settings.get('memory', '1024M'), '-nodefaults', '-no-user-config', '-display', 'none', '-daemonize',
                '-pidfile', self.path('qemu.pid'), '-serial', f'file:{self.path("console.log")}', '-rtc', f'base={rtc}',
                '-monitor', f'unix:{self.path("monitor")},server=on,wait=off', '-kernel', folder + '/vmlinuz', '-initrd', folder + '/initrd', '-append', arguments,
                '-drive', f'if=none,id=disk,file={self.path("disk.qcow2")},format=qcow2,cache={settings.get("cache", "writeback")},discard=unmap',
                '-device', 'virtio-blk-pci,drive=disk', '-device', 'virtio-rng-pci',
                '-netdev', 'user,id=site,restrict=on', '-device', 'virtio-net-pci,netdev=site,romfile=', '-netdev', f'user,id=way,restrict=on,net=10.0.3.0/24,hostfwd=tcp:127.0.0.1:{port}-10.0.3.15:22',
                '-device', 'virtio-net-pci,netdev=way,romfile=']
    def wait_up(self, begun, other_than=None):      # other_than: the boot's id before a reboot
        port, timeout = int(open(self.path('port')).read()), self.settings().get('timeout', 300)
        while True:
            if not self.pid() or time.monotonic() - begun > timeout:
                raise Failed(f'not up after {time.monotonic() - begun:.0f} s; the console:\n' + self.console())
            with contextlib.suppress(OSError), socket.create_connection(('127.0.0.1', port), 2) as way:
                if way.recv(4) == b'SSH-' and self.output(BOOT_ID, share=False) not in ('', other_than):
                    break
            time.sleep(0.3)
        reached = time.monotonic() - begun
        state = self.output("systemctl is-system-running --wait; systemctl --failed --plain --no-legend | awk '{print $1}'").split()
        took = time.monotonic() - begun
        say(f'up in {took:.1f} s (commands after {reached:.1f} s): {" ".join(state)}')
        return took
    def console(self):
        return ''.join([line for line in open(self.path('console.log'), errors='replace') if line.strip()][-25:])
    def ssh(self, line, share=True):    # run it with cwd=self.state: a socket's path is short, so ControlPath is relative
        return ['ssh', '-F', '/dev/null', '-T', '-p', open(self.path('port')).read(), '-i', self.path('key'),
                *(['-oControlMaster=auto', '-oControlPath=way', '-oControlPersist=600'] if share else []),
                *(f'-o{option}' for option in ('BatchMode=yes', 'IdentitiesOnly=yes', 'StrictHostKeyChecking=no', 'LogLevel=ERROR',
                  'UserKnownHostsFile=/dev/null', 'ConnectTimeout=30', 'ServerAliveInterval=15', 'ServerAliveCountMax=8')),
                'root@127.0.0.1', line]
    def hang_up(self):      # the shared connection, before its other end goes
        subprocess.run(['ssh', '-F', '/dev/null', '-oControlPath=way', '-O', 'exit', 'x'], cwd=self.state, stderr=subprocess.DEVNULL)
    def exec(self, *command, timeout=None, share=True, **options):
        """Runs it as root in the guest and returns its status (255: the way in was cut); options are subprocess.run's."""
        if not self.pid():
            raise Failed(f'{self.state} is {self.status()}')
        return subprocess.run(self.ssh(command[0] if len(command) == 1 else shlex.join(command), share), timeout=timeout, cwd=self.state, **options)
    def output(self, *command, share=True):
        return self.exec(*command, share=share, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.strip()
    def put(self, source, target):
        source, quoted = os.path.realpath(source), shlex.quote(target)
        unpack = (f't=$(mktemp -d) && tar -C $t --warning=no-timestamp -xpmf - && mkdir -p "$(dirname {quoted})" && rm -rf {quoted} && mv $t/* {quoted} && rmdir $t'
                  f' && if [ -e /sys/fs/selinux/enforce ]; then restorecon -RF {quoted}; fi')
        pack = ['tar', '-C', os.path.dirname(source), '--mtime=@0', '--owner=0', '--group=0', '-cf', '-', os.path.basename(source)]
        with subprocess.Popen(pack, stdout=subprocess.PIPE) as tar:
            if self.exec(unpack, stdin=tar.stdout).returncode or tar.wait():
                raise Failed(f'put {source} to {target}')
    def get(self, source, target):
        with tempfile.TemporaryDirectory(dir=os.path.dirname(os.path.abspath(target))) as work:
            pack = self.ssh(shlex.join(['tar', '-C', os.path.dirname(source) or '/', '-cf', '-', os.path.basename(source)]))
            with subprocess.Popen(pack, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, cwd=self.state) as tar:
                sh('tar', '-C', work, '--no-same-owner', '-xf', '-', stdin=tar.stdout)
            os.rename(f'{work}/{os.path.basename(source)}', target)
    def monitor(self, command):
        with socket.socket(socket.AF_UNIX) as way:
            folder = os.open(self.state, os.O_PATH)     # its own path may be too long for a socket's
            way.connect(f'/proc/self/fd/{folder}/monitor')
            os.close(folder)
            way.sendall(command.encode() + b'\n')
            said = b''
            while said.count(b'(qemu) ') < 2 and (more := way.recv(4096)):
                said += more
        return '\n'.join(said.decode(errors='replace').replace('\r', '').split('\n')[2:-1])
    def wait_off(self, timeout):
        end = time.monotonic() + timeout
        while self.pid():
            if time.monotonic() > end:
                raise Failed(f'not off after {timeout} s; the console:\n' + self.console())
            time.sleep(0.05)
    def reboot(self, reset=False):
        begun, boot = time.monotonic(), self.output(BOOT_ID)
        self.monitor('system_reset') if reset else self.output('systemctl --no-block reboot')
        self.hang_up()
        return self.wait_up(begun, boot)
    def power_cut(self):
        if pid := self.pid():
            self.hang_up()
            os.kill(pid, signal.SIGKILL)
            self.wait_off(10)
    def stop(self, timeout=120):
        if self.pid():
            self.output('systemctl --no-block poweroff')
            self.hang_up()
            self.wait_off(timeout)
    def destroy(self):
        self.power_cut()
        shutil.rmtree(self.state, ignore_errors=True)

