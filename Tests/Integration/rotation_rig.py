"""Logs that are written, rotated in eight ways and scanned at random moments: every line counts once, whatever happened to its file.

Usage: rotation_rig.py UKAI MODE ROTATIONS SEED     (MODE: batch or follow)

Each line holds an indicator and a number of its own. In the end the numbers that were written and the numbers that were found must be the
same, each once. Bytes are destroyed (copytruncate, deletion) only where a copy exists or after they were seen, as a lossless rotation does.
"""
import gzip, json, os, random, shutil, signal, subprocess, sys, tempfile, threading, time

ukai, mode, rotations, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
random.seed(seed)
scratch = tempfile.mkdtemp(prefix="ukai-rotation-")
logs, state = os.path.join(scratch, "logs"), os.path.join(scratch, "state")
os.makedirs(logs)
open(os.path.join(scratch, "values.txt"), "w").write("evil.example\n")
index = os.path.join(scratch, "x.ukx")
subprocess.run([ukai, "index", "build", "--from", os.path.join(scratch, "values.txt"), "--out", index], check=True, capture_output=True)
HEADER = "#fields shared header " + "h" * 2000 + "\n"

written, found, different, kinds = 0, [], set(), {}
handle = open(os.path.join(logs, "x.log"), "a")


def path(name): return os.path.join(logs, name)


def write(lines, to=None):
    global written
    for _ in range(lines):
        # A hit among lines that say nothing.
        (to or handle).write(f"{written} from host-{written % 3} evil.example\n" + "nothing to see\n" * random.randrange(3))
        written += 1
    (to or handle).flush()


def reopen(header=False):
    global handle
    handle.close()
    handle = open(path("x.log"), "a")
    if header and handle.tell() == 0: handle.write(HEADER); handle.flush()


def shift():
    """x.log.3 → x.log.4 …, as logrotate does; nothing is dropped."""
    numbers = sorted((int(name.split(".")[2]) for name in os.listdir(logs) if name.startswith("x.log.")), reverse=True)
    for number in numbers:
        for end in ("", ".gz"):
            if os.path.exists(path(f"x.log.{number}{end}")): os.rename(path(f"x.log.{number}{end}"), path(f"x.log.{number + 1}{end}"))


def compress(name):
    with open(path(name), "rb") as source, gzip.open(path(name + ".tmp"), "wb", 1) as target: shutil.copyfileobj(source, target)
    os.rename(path(name + ".tmp"), path(name + ".gz"))
    os.remove(path(name))


def rename():
    shift(); os.rename(path("x.log"), path("x.log.1")); reopen()

def rename_while_written():
    """The writer goes on in the old file before it notices."""
    shift(); os.rename(path("x.log"), path("x.log.1")); write(random.randrange(1, 6)); reopen()

def rename_and_compress():
    shift(); os.rename(path("x.log"), path("x.log.1")); reopen(); write(random.randrange(4)); compress("x.log.1")

def copytruncate():
    shift(); shutil.copyfile(path("x.log"), path("x.log.1")); os.truncate(path("x.log"), 0); reopen()

def copytruncate_slowly():
    """A look at the log falls into the copying, as at midnight with a large log."""
    write(120)
    shift()
    with open(path("x.log"), "rb") as source, open(path("x.log.1"), "wb") as target:
        target.write(source.read(4096 * random.randrange(1, 3))); target.flush()
        if mode == "batch": scan()
        else: caught_up(0.7); write(random.randrange(2))
        shutil.copyfileobj(source, target)
    os.truncate(path("x.log"), 0); reopen()

def shared_header():
    shift(); os.rename(path("x.log"), path("x.log.1")); reopen(header=True)

def delete_and_create():
    """The file system gives the same inode again at once."""
    seen(); os.remove(path("x.log")); reopen()

def truncate_in_place():
    seen(); os.truncate(path("x.log"), 0); reopen(header=random.random() < 0.5)


def prune():
    """Old logs go once they were seen, so that the directory stays small."""
    names = sorted((name for name in os.listdir(logs) if name.startswith("x.log.")), key=lambda name: int(name.split(".")[2]))
    if len(names) > 12:
        seen()
        for name in names[6:]: os.remove(path(name))


def scan():
    command = [ukai, "scan", "--state", state, "--index", index, "--json", "--quiet", "--jobs", str(random.choice([1, 2, 3])), logs]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 3): sys.exit(f"not ok - scan ended with {done.returncode}: {done.stderr[:300]}")
    take(done.stdout.splitlines())


arrived = threading.Condition()


def take(lines):
    for line in lines:
        with arrived:
            found.append(int(json.loads(line)["event"]["raw"].split(" ", 1)[0]))
            different.add(found[-1])
            arrived.notify_all()


def caught_up(seconds):
    """Waits until everything that was written was found, at most so long."""
    with arrived: return arrived.wait_for(lambda: len(different) >= written, seconds)


def seen():
    """Waits until everything that was written was found."""
    if mode == "batch":
        scan()
    else:
        if not caught_up(30):
            error.seek(0)
            state_of = "is running" if follower.poll() is None else f"ended with {follower.poll()}"
            follower.kill()
            sys.exit(f"not ok - {mode} {seed}: after 30 s {written - len(different)} of {written} lines were not seen; {kinds}; the follower {state_of}; {error.read()[:300]}")


follower = None
if mode == "follow":
    error = open(os.path.join(scratch, "err"), "w+")
    follower = subprocess.Popen([ukai, "scan", "--state", state, "--index", index, "--json", "--quiet", "--follow", path("x.log*")],
                                stdout=subprocess.PIPE, stderr=error, text=True)
    threading.Thread(target=lambda: take(follower.stdout), daemon=True).start()
    write(1)
    seen()

started = time.monotonic()
choices = [rename, rename_while_written, rename_and_compress, copytruncate, copytruncate_slowly, shared_header, delete_and_create, truncate_in_place]
for step in range(rotations):
    write(random.randrange(0, 40))
    if mode == "batch" and random.random() < 0.4: scan()
    kind = random.choice(choices)
    kind()
    kinds[kind.__name__] = kinds.get(kind.__name__, 0) + 1
    if mode == "follow" and random.random() < 0.5: caught_up(random.random() * 0.3)
    prune()
write(5)
seen()
if mode == "batch":
    scan(); scan()
else:
    follower.send_signal(signal.SIGTERM)
    code = follower.wait(timeout=20)
    if code != 143: print(f"not ok - the follower ended with {code}, not 143")
lost, doubled = set(range(written)) - different, len(found) - len(different)
listed = subprocess.run([ukai, "alerts", "list", "--state", state, "--json"], capture_output=True, text=True).stdout.splitlines()
counted = sum(json.loads(line)["count"] for line in listed)
print(f"measured - {mode}, seed {seed}: {written} lines over {rotations} rotations {kinds} in {time.monotonic() - started:.0f} s: lost {len(lost)}, doubled {doubled}, counted in alerts {counted}")
if lost or doubled or counted != written: print(f"not ok - rotation, {mode}, seed {seed}: lost {sorted(lost)[:10]}, doubled {doubled}, counted {counted} of {written}")
else: print(f"ok - {rotations} rotations, {mode}: lost 0, doubled 0")
shutil.rmtree(scratch)
