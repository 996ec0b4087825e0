"""The other side of crates/package/tests/canonical.rs: what Python's json module makes of an object.

canonical.py generate SEED COUNT   writes COUNT lines {"text": …, "canonical": …, "pretty": …}: one spelling of a random
                                   object, and what json.dumps writes for it
canonical.py check                 reads lines {"canonical": …, "pretty": …} and fails unless json.dumps, given what
                                   json.loads read from either, writes the very same text; answers with their number
"""

import json
import random
import sys


def dumps(value):
    return json.dumps(value, sort_keys=True, allow_nan=False)


def pretty(value):
    return json.dumps(value, sort_keys=True, allow_nan=False, indent=1)


RANGES = [
    (0x00, 0x1F),
    (0x20, 0x7E),
    (0x7F, 0xA0),
    (0xA1, 0x24F),
    (0x300, 0x36F),
    (0x4E00, 0x4FFF),
    (0xD700, 0xD7FF),
    (0xE000, 0xE010),
    (0xFB00, 0xFFFF),
    (0x1F600, 0x1F64F),
    (0x10FFF0, 0x10FFFF),
]


def text(rng):
    letters = []
    for _ in range(rng.randrange(12)):
        first, last = rng.choice(RANGES)
        letters.append(chr(rng.randint(first, last)))
    return "".join(letters) + rng.choice(["", "", '"', "\\", "/", "\n\r\t\b\f", "</script>", "\u2028"])


def number(rng):
    return rng.choice(
        [
            rng.randint(-9, 9),
            rng.randint(-(2**63), 2**63),
            rng.randint(-(10**40), 10**40),
            rng.random(),
            rng.uniform(-1, 1) * 10 ** rng.randint(-300, 300),
            float(rng.randint(-1000, 1000)),
            1e16,
            1e-5,
            5e-324,
            1.7976931348623157e308,
            -0.0,
        ]
    )


def value(rng, depth):
    kind = rng.randrange(8 if depth else 5)
    if kind == 0:
        return rng.choice([None, True, False])
    if kind <= 2:
        return number(rng)
    if kind <= 4:
        return text(rng)
    if kind <= 6:
        return {text(rng): value(rng, depth - 1) for _ in range(rng.randrange(7))}
    return [value(rng, depth - 1) for _ in range(rng.randrange(6))]


def spelling(rng, obj):
    """The same value as another program may have written it."""
    return json.dumps(
        obj,
        ensure_ascii=rng.random() < 0.5,
        indent=rng.choice([None, None, 0, 1, 4, "\t"]),
        separators=rng.choice([None, (",", ":"), (" , ", " : ")]),
    )


def generate(seed, count):
    rng = random.Random(seed)
    for _ in range(count):
        obj = {text(rng): value(rng, 4) for _ in range(rng.randrange(10))}
        print(json.dumps({"text": spelling(rng, obj), "canonical": dumps(obj), "pretty": pretty(obj)}))


def check():
    count = 0
    for line in sys.stdin:
        case = json.loads(line)
        for name, write in (("canonical", dumps), ("pretty", pretty)):
            again = write(json.loads(case[name]))
            if again != case[name]:
                sys.exit(f"case {count}, {name}:\n  given  {case[name]!r}\n  python {again!r}")
        count += 1
    print(count)


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] == "generate":
        generate(int(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1:] == ["check"]:
        check()
    else:
        sys.exit(__doc__)
