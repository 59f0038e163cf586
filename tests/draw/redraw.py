#!/usr/bin/env python3
"""Draws papers again from a proof document (docs/draw.md) with Python's standard library only.

Reads the document on standard input; exits 0 and prints how many papers agree, or exits 1 and names those that don't.
"""
import hashlib
import hmac
import json
import struct
import sys
from fractions import Fraction

MASK = 0xFFFFFFFF


def chacha8_block(key, counter, stream):
    words = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574]
    words += struct.unpack("<8I", key)
    words += [counter & MASK, counter >> 32, stream & MASK, stream >> 32]
    state = list(words)

    def quarter(a, b, c, d):
        for x, y, z, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            state[x] = (state[x] + state[y]) & MASK
            value = state[z] ^ state[x]
            state[z] = ((value << turn) | (value >> (32 - turn))) & MASK

    for _ in range(4):
        quarter(0, 4, 8, 12), quarter(1, 5, 9, 13), quarter(2, 6, 10, 14), quarter(3, 7, 11, 15)
        quarter(0, 5, 10, 15), quarter(1, 6, 11, 12), quarter(2, 7, 8, 13), quarter(3, 4, 9, 14)
    return struct.pack("<16I", *((a + b) & MASK for a, b in zip(state, words)))


class Stream:
    def __init__(self, seed, number):
        self.seed, self.number, self.block, self.left = seed, number, 0, []

    def next(self):
        if not self.left:
            self.left = list(struct.unpack("<8Q", chacha8_block(self.seed, self.block, self.number)))
            self.block += 1
        return self.left.pop(0)

    def below(self, bound):
        while True:
            product = self.next() * bound
            if product % 2**64 >= 2**64 % bound:
                return product >> 64

    def shuffle(self, items):
        for _ in self.walk(items):
            pass

    def walk(self, items):
        for i in range(len(items)):
            j = i + self.below(len(items) - i)
            items[i], items[j] = items[j], items[i]
            yield items[i]


def family(candidate):
    return (candidate["bank"], candidate["family"] or "", "" if candidate["family"] else candidate["id"])


def make_cells(sections, candidates):
    cells = []
    for index, section in enumerate(sections):
        for row in section["draw"]:
            bands = [(b["from"], b["to"], b["count"]) for b in row["difficulty"]] or [(1, 5, row["count"])]
            for low, high, need in bands:
                fits = [c for c in candidates if c["bank"] == row["bank"] and c["kind"] == section["kind"]
                        and (not row["topics"] or c["topic"] in row["topics"]) and low <= c["difficulty"] <= high]
                fits.sort(key=lambda c: c["id"].encode())
                cells.append({"section": index, "need": need, "fits": fits, "families": {family(c) for c in fits}})
    return cells


def fillable(cells, needs, used):
    """Whether every cell gets its need from unused families: augmenting paths, a family to a cell at a time."""
    holder = {}

    def place(cell, tried):
        for name in cells[cell]["families"]:
            if name in used or name in tried:
                continue
            tried.add(name)
            if name not in holder or place(holder[name], tried):
                holder[name] = cell
                return True
        return False

    return all(place(cell, set()) for cell, need in enumerate(needs) for _ in range(need))


def draw(seed, sections, candidates, before, own):
    cells = make_cells(sections, candidates)
    needs = [cell["need"] for cell in cells]
    overlap = len(set().union(*(c["families"] for c in cells))) < sum(len(c["families"]) for c in cells)
    plain = not overlap and all(len(c["families"]) == len(c["fits"]) for c in cells)
    stream, used, papers = Stream(seed, 0), set(), [[] for _ in sections]
    for index, cell in enumerate(cells):
        turn = lambda c: 2 if (c["bank"], c["id"]) in own else 1 if (c["bank"], c["id"]) in before else 0
        for part in [[c for c in cell["fits"] if turn(c) == one] for one in (0, 1, 2)]:
            if needs[index] == 0:
                break
            for candidate in stream.walk(part):
                name = family(candidate)
                if name not in used:
                    after = list(needs)
                    after[index] -= 1
                    if plain or fillable(cells, after, used | {name}):
                        used.add(name)
                        needs = after
                        papers[cell["section"]].append(candidate)
                if needs[index] == 0:
                    break
    for paper in papers:
        stream.shuffle(paper)
    options, others, lines, position = Stream(seed, 1), Stream(seed, 2), [], 0
    for index, paper in enumerate(papers):
        for candidate in paper:
            position += 1
            orders = [list(range(candidate["options"]))]
            options.shuffle(orders[0])
            for length in candidate.get("further", []):
                orders.append(list(range(length)))
                others.shuffle(orders[-1])
            shown = "/".join(",".join(map(str, order)) or "-" for order in orders)
            lines.append(f"{index + 1} {position} {candidate['bank']} {candidate['id']} {shown}\n")
    return "".join(lines)


def sample(secret, statement, frame):
    """Who is drawn of everybody who might be, where the statement has a sample."""
    length = lambda text: struct.pack(">I", len(text.encode())) + text.encode()
    stream = Stream(hmac.new(secret, length("kaohe-sample-1") + length(statement["test_id"]), hashlib.sha256).digest(), 0)
    rule, groups, drawn = statement["sample"]["rule"], {}, []
    for one in frame:
        group = (one["branch_id"] if "branch" in rule["by"] else "", one["category"] if "category" in rule["by"] else "")
        groups.setdefault(tuple(part.encode() for part in group), []).append(one["person_id"])
    share, number = rule["size"].get("share"), rule["size"].get("per_branch")
    takes = {group: max(1, (len(people) * share * 2 + 100) // 200) if share else 1 for group, people in groups.items()}
    for branch in sorted({group[0] for group in groups}) if number else ():
        inside = sorted(group for group in groups if group[0] == branch)
        for _ in range(number - len(inside)):
            open_ = [group for group in inside if takes[group] < len(groups[group])]
            if open_:
                takes[max(open_, key=lambda group: Fraction(len(groups[group]), takes[group]))] += 1
    for group in sorted(groups):
        people = sorted(groups[group], key=str.encode)
        walk = stream.walk(people)
        drawn += [next(walk) for _ in range(takes[group])]
    return sorted(drawn)


def main():
    proof = json.load(sys.stdin)
    secret, wrong = bytes.fromhex(proof["secret"]), []
    digest = lambda data: hashlib.sha256(data).digest()
    if digest(secret).hex() != proof["secret_digest"]:
        wrong.append("secret")
    covered = b"kaohe-commitment-1" + digest(secret) + digest(proof["statement"].encode())
    if digest(covered).hex() != proof["commitment"]:
        wrong.append("commitment")
    statement = json.loads(proof["statement"])
    length = lambda text: struct.pack(">I", len(text.encode())) + text.encode()
    known = {}
    for attempt in sorted(proof.get("attempts", []), key=lambda a: (a["member_id"], a["number"])):
        message = length("kaohe-draw-1") + length(statement["test_id"]) + length(attempt["member_id"]) + struct.pack(">I", attempt["number"])
        seed = hmac.new(secret, message, hashlib.sha256).digest()
        seen = known.setdefault(attempt["member_id"], {tuple(question) for question in attempt.get("own_before", [])})
        before = {tuple(question) for question in proof.get("drawn_before", [])}
        paper = draw(seed, statement["sections"], proof["candidates"], before, seen)
        if seed.hex() != attempt["seed"] or paper != attempt["paper"]:
            wrong.append(attempt["attempt"])
        seen.update(tuple(line.split(" ")[2:4]) for line in attempt["paper"].splitlines())
    lines = lambda texts: digest("".join(text + "\n" for text in texts).encode()).hex()
    if "make_up_of" in statement and lines(" ".join(q) for q in proof.get("drawn_before", [])) != statement["make_up_of"]["drawn"]:
        wrong.append("drawn_before")
    if proof.get("frame"):
        told = [json.dumps([one["person_id"], one["branch_id"], one["category"]], ensure_ascii=False, separators=(",", ":")) for one in proof["frame"]]
        if lines(told) != statement["sample"]["frame"] or sample(secret, statement, proof["frame"]) != proof["members"]:
            wrong.append("members")
    if wrong:
        print("differs:", *wrong)
        sys.exit(1)
    print(len(proof.get("attempts", [])), "papers agree")


if __name__ == "__main__":
    main()
