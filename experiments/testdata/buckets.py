"""xxHash64 from its specification (github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md); prints the buckets of TestBucketIsFinal."""
import struct
P1, P2, P3, P4, P5 = (11400714785074694791, 14029467366897019727, 1609587929392839161, 9650029242287828579, 2870177450012600261)
M = (1 << 64) - 1
rot = lambda x, r: ((x << r) | (x >> (64 - r))) & M
step = lambda acc, lane: rot((acc + lane * P2) & M, 31) * P1 & M


def xxh64(data):
    n, i = len(data), 0
    if n >= 32:
        v = [(P1 + P2) & M, P2, 0, -P1 & M]
        while i + 32 <= n:
            v = [step(a, x) for a, x in zip(v, struct.unpack_from("<4Q", data, i))]
            i += 32
        h = (rot(v[0], 1) + rot(v[1], 7) + rot(v[2], 12) + rot(v[3], 18)) & M
        for a in v:
            h = ((h ^ step(0, a)) * P1 + P4) & M
    else:
        h = P5
    h = (h + n) & M
    while i + 8 <= n:
        h = (rot(h ^ step(0, struct.unpack_from("<Q", data, i)[0]), 27) * P1 + P4) & M
        i += 8
    if i + 4 <= n:
        h = (rot(h ^ struct.unpack_from("<I", data, i)[0] * P1 & M, 23) * P2 + P3) & M
        i += 4
    for c in data[i:]:
        h = rot(h ^ c * P5 & M, 11) * P1 & M
    h = (h ^ h >> 33) * P2 & M
    h = (h ^ h >> 29) * P3 & M
    return h ^ h >> 32


def bucket(*parts):
    text = b"|".join(b"%d:%s" % (len(p), p) for p in (s.encode() for s in parts))
    return (xxh64(text) >> 32) * 1000000 >> 32


assert xxh64(b"abc") == 0x44BC2CF5AD770999
for c in (("s", "l", "u"), ("holdout-2026", "holdout", "D-9"), ("holdout-2026", "holdout", "Jürgen-ß"), ("", "", "")):
    print(c, bucket(*c))
