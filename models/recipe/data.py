"""The scenes that `./daguerre scenes --count N --seed S --out DIR` drew, as tensors."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from text_encoder import FULL_TOKENS, TOKENS

PAD, UNKNOWN, BOS, EOS = "<pad>", "<unk>", "<bos>", "<eos>"
NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
MOST_OBJECTS = 12
COUNTS = {"a": 1, "an": 1} | {word: i for i, word in enumerate(NUMBERS, start=1)}
HELD_OUT = Path(__file__).parents[1] / "src/main/resources/org/daguerre/scene/held-out.txt"
RELATION = re.compile(r" (left of|right of|above|below) ")


class WordTokenizer:
    """One id a word, in the order of the vocabulary: <bos> words <eos> <pad> ..., always as many."""

    def __init__(self, vocabulary: list[str], tokens: int):
        self.tokens = tokens
        self.ids = {word: i for i, word in enumerate(vocabulary)}

    def encode(self, caption: str) -> list[int]:
        words = caption.lower().split()
        if len(words) > self.tokens - 2:
            raise ValueError(f"a caption may have {self.tokens - 2} words, this has {len(words)}: {caption}")
        padding = [PAD] * (self.tokens - 2 - len(words))
        return [self.ids.get(word, self.ids[UNKNOWN]) for word in [BOS, *words, EOS, *padding]]


@dataclass
class Captions:
    """ids [scenes, tokens], and for each token the group (1, 2) whose colour or noun it names, or 0."""

    ids: Tensor
    groups: Tensor


class ScenesError(Exception):
    """A folder of scenes that cannot be trained on."""


class Scenes:
    """A folder of scenes. Pictures stay on disk; `picture(i)` is uint8 [128, 128, 3].

    With `full`, captions and vocabulary are those that place every object.
    """

    def __init__(self, folder: Path, full: bool = False):
        self.folder, self.full = folder, full
        self.index = json.loads((folder / "scenes.json").read_text())
        vocabulary = "full_vocabulary" if full else "vocabulary"
        self._assert_has(vocabulary in self.index, vocabulary)
        self.tokenizer = WordTokenizer(self.index[vocabulary], FULL_TOKENS if full else TOKENS)
        self.rows = [json.loads(line) for file in sorted(folder.glob("captions-*.jsonl")) for line in file.open()]
        self._shards = [np.load(file, mmap_mode="r") for file in sorted(folder.glob("pictures-*.npy"))]
        if not len(self.rows) == sum(map(len, self._shards)) == self.index["count"]:
            raise ScenesError(f"{folder} is incomplete; draw it again with ./daguerre scenes")
        self._assert_nothing_held_out()

    def _assert_has(self, there: bool, what: str) -> None:
        if not there:
            raise ScenesError(f"{self.folder} is of an earlier version, without {what}; draw it again with ./daguerre scenes")

    def _assert_nothing_held_out(self) -> None:
        """Drawn by this checkout's list, and no caption names one of its combinations."""
        if hashlib.sha256(HELD_OUT.read_bytes()).hexdigest() != self.index["held_out"]:
            raise ScenesError(f"{self.folder} was drawn with another held-out.txt; draw it again with ./daguerre scenes")
        held_out = set(HELD_OUT.read_text().splitlines())
        for row in self.rows:
            if not held_out.isdisjoint(combinations(row)):
                raise ScenesError(f"{self.folder} shows what is held out for evaluation: {row['caption']}")

    def __len__(self) -> int:
        return len(self.rows)

    def picture(self, i: int) -> np.ndarray:
        return self._shards[i // self.index["shard"]][i % self.index["shard"]]

    def masks(self) -> Tensor:
        """uint8 [scenes, 2, 16, 16]: how much of each 8x8 block (0..255) the objects of group 1 and group 2 cover."""
        return torch.from_numpy(np.concatenate([np.load(file) for file in sorted(self.folder.glob("masks-*.npy"))]))

    def captions(self, canonical: bool) -> Captions:
        caption = "full" if self.full else "canonical" if canonical else "caption"
        groups = "groups" if caption == "caption" else f"{caption}_groups"
        ids = torch.tensor([self.tokenizer.encode(row[caption]) for row in self.rows])
        if (ids == self.tokenizer.ids[UNKNOWN]).any():
            raise ScenesError(f"{self.folder} has captions with words outside its vocabulary")
        padded = [[0, *row[groups], *[0] * (self.tokenizer.tokens - 1 - len(row[groups]))] for row in self.rows]
        return Captions(ids, torch.tensor(padded, dtype=torch.uint8))

    def objects(self) -> Objects:
        self._assert_has("objects" in self.rows[0], "objects")
        names = sorted({thing["phrase"] for row in self.rows for thing in row["objects"]})
        number = {name: i for i, name in enumerate(names)}
        phrases = torch.full((len(self), MOST_OBJECTS), -1)
        boxes = torch.zeros(len(self), MOST_OBJECTS, 4)
        for i, row in enumerate(self.rows):
            for j, thing in enumerate(row["objects"]):
                phrases[i, j], boxes[i, j] = number[thing["phrase"]], torch.tensor(thing["box"])
        return Objects(names, phrases, boxes)

    def halved(self) -> Tensor:
        """All pictures at 64x64, uint8 [scenes, 3, 64, 64]: the mean of each 2x2."""
        shards = [torch.from_numpy(np.array(shard)).permute(0, 3, 1, 2) for shard in self._shards]
        return torch.cat([F.avg_pool2d(part.float(), 2).round().byte() for shard in shards for part in shard.split(500)])


@dataclass
class Objects:
    """What stands where: phrases [scenes, 12] as numbers in `names`, -1 for none; boxes [scenes, 12, 4], left, top, right,
    bottom in 0..1."""

    names: list[str]
    phrases: Tensor
    boxes: Tensor


def count(row: dict) -> int:
    """How many objects a caption of one group names."""
    return COUNTS[row["caption"].split()[0]]


def combinations(row: dict) -> set[str]:
    """What a caption names, in the words of held-out.txt; a phrase without a colour ("three stars") names nothing."""
    words = row["caption"].split()
    named: dict[int, list[int]] = {}
    for position, group in enumerate(row["groups"]):
        if group:
            named.setdefault(group, []).append(position)
    objects, lines = [], set()
    for colour, noun in (positions for positions in named.values() if len(positions) == 2):
        objects.append(f"{words[colour]} {words[noun].removesuffix('s')}")
        lines |= {f"object {objects[-1]}", f"count {COUNTS[words[colour - 1]]} {objects[-1]}"}
    return lines | {f"two {', '.join(sorted(objects))}"}


def to_unit(pictures: Tensor) -> Tensor:
    """uint8 [batch, height, width, 3] -> float [batch, 3, height, width] in -1..1."""
    return pictures.permute(0, 3, 1, 2).float() / 127.5 - 1


def to_state(stored: Tensor) -> Tensor:
    """Latents as they are, pictures [batch, 3, height, width] in -1..1."""
    return stored.float() / 127.5 - 1 if stored.dtype == torch.uint8 else stored


def swapped(caption: str) -> str:
    """The same relation with its sides exchanged: "A left of B" -> "B left of A", false of the picture of the first."""
    first, relation, second = RELATION.split(caption)
    return f"{second} {relation} {first}"


def one_more(caption: str) -> str:
    """The same with another number: "three red apples" -> "four red apples"."""
    number, rest = caption.split(" ", 1)
    return f"{NUMBERS[COUNTS[number]]} {rest}"
