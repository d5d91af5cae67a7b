"""Record what transformers' tokenizers do, for ClipTokenizerTest and UnigramTokenizerTest.

    pip install -r requirements-tokenizers.txt
    python tokenizer_fixtures.py ../resources/text

The prompts are made here and in Java by the same generator, so that ids.json.gz needs only a hash of each prompt's ids. The merges
of CLIP are those of open_clip_torch, as many as CLIPTokenizer reads; the unigram model is trained here.
"""

import gzip
import importlib.metadata
import io
import json
import pathlib
import sys
import tempfile
import unicodedata

import regex
import sentencepiece
import tokenizers
from transformers import CLIPTokenizer, CLIPTokenizerFast, T5TokenizerFast
from transformers.models.clip.tokenization_clip import bytes_to_unicode

PROMPTS = 12000
WHOLE = 300
LONG_EVERY = 16
LENGTH = 4096
MERGES = 49152 - 256 - 2

# Characters of Unicode 14, which JDK 17 with its Unicode 13 does not know.
NEW_IN_14 = (
    "61D 870-88E 890-891 898-89F 8B5 8C8-8D2 C3C C5D CDD 170D 1715 171F 180F 1AC1-1ACE 1B4C 1B7D-1B7E 1DFA 20C0 "
    "2C2F 2C5F 2E53-2E5D 9FFD-9FFF A7C0-A7C1 A7D0-A7D1 A7D3 A7D5-A7D9 A7F2-A7F4 FBC2 FD40-FD4F FDCF FDFE-FDFF "
    "10570-1057A 1057C-1058A 1058C-10592 10594-10595 10597-105A1 105A3-105B1 105B3-105B9 105BB-105BC 10780-10785 "
    "10787-107B0 107B2-107BA 10F70-10F89 11070-11075 110C2 116B9 11740-11746 11AB0-11ABF 12F90-12FF2 16A70-16ABE "
    "16AC0-16AC9 1AFF0-1AFF3 1AFF5-1AFFB 1AFFD-1AFFE 1B11F-1B122 1CF00-1CF2D 1CF30-1CF46 1CF50-1CFC3 1D1E9-1D1EA "
    "1DF00-1DF1E 1E290-1E2AE 1E7E0-1E7E6 1E7E8-1E7EB 1E7ED-1E7EE 1E7F0-1E7FE 1F6DD-1F6DF 1F7F0 1F979 1F9CC "
    "1FA7B-1FA7C 1FAA9-1FAAC 1FAB7-1FABA 1FAC3-1FAC5 1FAD7-1FAD9 1FAE0-1FAE7 1FAF0-1FAF6 2A6DE-2A6DF 2B735-2B738 "
)

ATOMS = (
    "a photo of an astronaut riding horse on mars three red apples left green cup bokeh masterpiece 8k hdr trending "
    "artstation unbelievably photorealistic Hieronymus Bosch's don't we're I've I'm they'll he'd 'S 'T 'LL '\u017f 2024 7 1,000.50 "
    "½ Ⅳ ٣ \u00b2 ... !!! ! ? , ; : - -- ' '' '''s # @ $ % ^ & * ( ) [ ] { } < > | \\ / ~ ` + = _ \u2014 \u2026 \u201cquoted\u201d "
    "</w> <w> <|endoftext|> <|startoftext|> <|ENDOFTEXT|> <|StartOfText|> <|end <unk> </s> <pad> <extra_id_0> "
    "<extra_id_99> <extra_id_1 <0x41> ▁ ▁▁cup Café cafe\u0301 A\u030a \u212b \u212a \u0130stanbul I\u0307 \u0131 "
    "Straße \u1e9e ΟΔΥΣΣΕΥΣ ΣΑΣ Σ Α\u0301Σ. Σ' ΑΣΒ ΑΣ-Β ὈΔΥΣΣΕΎΣ Привет ПРИВЕТ 北京 日本語 テスト ｶﾞ ﾊﾟ 한국어 \u1112\u1161\u11ab "
    "ไทย हिन्दी क्ष العربية עברית ﬁ ﬃ ﷺ ㍿ ① ①\u0301 \u00aa\u200d Å\u0327 a\u0301\u0301\u0301 🍎 👩‍🚀 👨‍👩‍👧‍👦 🇩🇪 🏳️‍🌈 "
    "👍🏽 1️⃣ \u200b \u200d \u00ad \ufeff \ufffd \u0000 \u0007 \u007f \u0085 \u2028 \u2029 \x1c \ue000 \U000f0000 \U0010ffff \uffff"
).split(" ")
SEPARATORS = ["", "", " ", " ", " ", " ", ", ", "  ", "   ", "\n", "\r\n", "\t", "\u00a0", "\u3000", "\u2009", " \n "]


class JavaRandom:
    """java.util.Random."""

    def __init__(self, seed):
        self.seed = (seed ^ 0x5DEECE66D) & (1 << 48) - 1

    def below(self, n):
        """(random.nextInt() >>> 1) % n"""
        self.seed = (self.seed * 0x5DEECE66D + 0xB) & (1 << 48) - 1
        return (self.seed >> 17) % n


def alphabet():
    """Ranges of the characters, of all planes, on whose category every Unicode from 13 on agrees."""
    new = set()
    for span in "".join(NEW_IN_14).split():
        first, _, last = span.partition("-")
        new.update(range(int(first, 16), int(last or first, 16) + 1))
    ranges = []
    for c in range(0x110000):
        category = unicodedata.category(chr(c))
        stable = c not in new and all(
            bool(regex.match(rf"\p{{{name}}}", chr(c))) == category.startswith(name) for name in ("L", "N", "Cn"))
        if category == "Cs" or not stable:
            continue
        if ranges and ranges[-1][1] == c - 1 and c % 256:
            ranges[-1][1] = c
        else:
            ranges.append([c, c])
    return [span for i, span in enumerate(ranges) if span[0] < 0x3000 or i % 8 == 0 or span[0] % 0x10000 < 0x800]


def prompt(i, ranges):
    random = JavaRandom(i)
    text = ""
    for _ in range(500 if i % LONG_EVERY == 0 else random.below(24)):
        kind = random.below(4)
        if kind < 2:
            text += ATOMS[random.below(len(ATOMS))]
        elif kind == 2:
            first, last = ranges[random.below(len(ranges))]
            text += chr(first + random.below(last - first + 1))
        else:
            for _ in range(1 + random.below(6)):
                text += chr(0x20 + random.below(0x5F))
        text += SEPARATORS[random.below(len(SEPARATORS))]
    return text


def java_hash(ids):
    """java.util.List.hashCode"""
    h = 1
    for i in ids:
        h = (31 * h + i) & 0xFFFFFFFF
    return f"{h:08x}"


def record(tokenizer, prompts, length, pad):
    """The hash of every prompt's ids without padding, and the first rows whole."""
    return {
        "hashes": "".join(
            java_hash(tokenizer(text, truncation=True, max_length=LENGTH).input_ids) for text in prompts),
        "length": length,
        "pad": pad,
        "rows": [
            tokenizer(text, truncation=True, max_length=length, padding="max_length").input_ids
            for text in prompts[:WHOLE]],
    }


def clip(folder):
    """vocab.json and merges.txt, as CLIP's own simple_tokenizer.py makes its vocabulary."""
    source = importlib.metadata.distribution("open_clip_torch").locate_file("open_clip/bpe_simple_vocab_16e6.txt.gz")
    lines = gzip.decompress(pathlib.Path(source).read_bytes()).decode().split("\n")[: MERGES + 1]
    letters = list(bytes_to_unicode().values())
    pieces = letters + [letter + "</w>" for letter in letters]
    pieces += ["".join(line.split()) for line in lines[1:]] + ["<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({piece: i for i, piece in enumerate(pieces)}))
    (folder / "merges.txt").write_text("\n".join(lines))
    return "\n".join(lines)


def unigram(folder, ranges):
    """A sentencepiece model as T5's, of captions and of some of everything."""
    random = JavaRandom(1)
    numbers = "one two three four five six".split()
    colours = "red green blue yellow purple white".split()
    shapes = "apples cups stars candles plates lemons spoons".split()
    places = ["left of", "right of", "above", "below"]
    def group():
        return " ".join(words[random.below(len(words))] for words in (numbers, colours, shapes))
    text = [f"{group()} {places[random.below(4)]} {group()} on a tray" for _ in range(2000)]
    text += [prompt(7 * i + 1, ranges).replace("\n", " ").replace("\0", "") for i in range(500)]
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(text), model_writer=model, model_type="unigram", vocab_size=2500,
        character_coverage=0.98, pad_id=0, eos_id=1, unk_id=2, bos_id=-1, num_threads=1, minloglevel=2)
    (folder / "spiece.model").write_bytes(model.getvalue())
    return model.getvalue()


def as_older(saved):
    """A tokenizer.json as they were written before transformers 4.34."""
    tree = json.loads(saved)
    tree["normalizer"] = tree["normalizer"]["normalizers"][0]
    tree["pre_tokenizer"] = {"type": "Sequence", "pretokenizers": [
        {"type": "WhitespaceSplit"}, {"type": "Metaspace", "replacement": "▁", "add_prefix_space": True}]}
    return json.dumps(tree)


def main(out):
    ranges = alphabet()
    prompts = [prompt(i, ranges) for i in range(PROMPTS)]
    fixtures = {}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (out / "clip-merges.txt.gz").write_bytes(gzip.compress(clip(folder).encode(), 9, mtime=0))
        files = str(folder / "vocab.json"), str(folder / "merges.txt")
        fixtures["slow"] = record(CLIPTokenizer(*files), prompts, 77, "<|endoftext|>")
        fixtures["slow, pad !"] = record(CLIPTokenizer(*files, pad_token="!"), prompts[:2000], 77, "!")
        fast = CLIPTokenizerFast(*files)
        fixtures["fast"] = record(fast, prompts, 77, "<|endoftext|>")
        t5_folder = folder / "t5"
        t5_folder.mkdir()
        (out / "spiece.model.gz").write_bytes(gzip.compress(unigram(t5_folder, ranges), 9, mtime=0))
        (t5_folder / "tokenizer_config.json").write_text("{}")
        t5 = T5TokenizerFast.from_pretrained(t5_folder)
        fixtures["t5"] = record(t5, prompts, 256, "<pad>")
        saved = t5.backend_tokenizer.to_str()
        (out / "tokenizer.json.gz").write_bytes(gzip.compress(saved.encode(), 9, mtime=0))
        older = T5TokenizerFast(tokenizer_object=tokenizers.Tokenizer.from_str(as_older(saved)))
        fixtures["t5, older"] = record(older, prompts, 256, "<pad>")
    (out / "prompts.json").write_text(json.dumps(
        {"count": PROMPTS, "longEvery": LONG_EVERY, "atoms": ATOMS, "separators": SEPARATORS, "ranges": ranges}))
    ids = json.dumps(fixtures, separators=(",", ":")).encode()
    (out / "ids.json.gz").write_bytes(gzip.compress(ids, 9, mtime=0))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
