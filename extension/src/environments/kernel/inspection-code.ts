/**
 * The Python expression that a kernel is asked for. It reads folder names on `sys.path` and nothing inside of them, so that
 * hundreds of packages take milliseconds; it runs in a namespace of its own and leaves nothing in the person's.
 */

/** The person's folder is left out: a project of theirs there is not installed. So is the kernel layer, and it says so by its name. */
const SOURCE = `
import base64, json, os, platform, re, sys

packages, local = {}, []
here = os.path.realpath(os.getcwd())
for folder in sys.path:
    path = os.path.realpath(folder or here)
    if path == here or os.path.basename(path) == "berth-kernel":
        continue
    try:
        names = sorted(os.listdir(path))
    except OSError:
        continue
    for name in names:
        stem, ending = os.path.splitext(name)
        if ending not in (".dist-info", ".egg-info", ".egg-link"):
            continue
        if ending == ".egg-info":
            stem = re.sub(r"-py\\d+(\\.\\d+)?$", "", stem)
        title, _, version = stem.rpartition("-") if ending == ".dist-info" else stem.partition("-")
        title = re.sub(r"[-_.]+", "-", title).lower()
        if title == "" or title in packages:
            continue
        packages[title] = version
        if ending == ".egg-link" or os.path.exists(os.path.join(path, name, "direct_url.json")):
            local.append(title)

facts = {
    "python": platform.python_version(),
    "implementation": sys.implementation.name,
    "platform": sys.platform + "-" + platform.machine(),
    "packages": packages,
    "local": local,
    "environment": os.environ.get("BERTH_ENVIRONMENT"),
    "lockHash": os.environ.get("BERTH_LOCK_HASH"),
}
result = base64.b64encode(json.dumps(facts).encode()).decode()
`;

/** An expression whose value is the facts as base64 of JSON: a text that every kernel prints the same way. */
export const INSPECTION =
  `(lambda space: (__import__('builtins').exec(${JSON.stringify(SOURCE)}, space), space['result'])[1])` +
  `({'__name__': 'berth_inspection'})`;
