"""Deliveries to landing segments: JSON text in blocks, zstd, and the name that the lines' time of receipt gives.

Does not live here: what a payload says (``batch``), how it is delivered (``planting``).
"""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics_platform.lake.landing import Landing
from analytics_platform.lake.store import Store
from analytics_platform.simulator.batch import Batch, Pieces
from analytics_platform.simulator.plan import moment
from analytics_platform.simulator.planting import PLAIN, Deliveries
from analytics_platform.simulator.texts import Ints, escaped, join, spaced_time

MOST_LINES = 250_000  # in one segment
_BLOCK = 32_768  # lines that are text at once: about 40 MB of statements
_CUT = 15  # characters missing at the end of a payload that is no JSON
ORIGIN = "simulator"


def write(batch: Batch, deliveries: Deliveries, landing: Landing, store: Store, day: date, writer: str) -> None:
    """Write every segment of a table's day."""
    plain = batch.pieces(deliveries.claimed)
    versions: dict[str, Pieces] = {PLAIN: plain, "not_json": plain}
    versions |= {name: {**plain, **make(deliveries.claimed)} for name, make in batch.variants.items()}
    named = set()
    with store.workspace() as folder:
        for first, end in deliveries.segments:
            file = folder / "segment.ndjson.zst"
            _write_file(file, versions, deliveries, first, end)
            at = int(deliveries.received[end - 1])
            while at in named:  # two segments of one instant would be one file
                at += 1
            named.add(at)
            landing.adopt(batch.table, day, file, end - first, moment(at), writer)


def _write_file(file: Path, versions: dict[str, Pieces], deliveries: Deliveries, first: int, end: int) -> None:
    with pa.CompressedOutputStream(pa.OSFile(str(file), "wb"), "zstd") as out:
        for begin in range(first, end, _BLOCK):
            block = slice(begin, min(begin + _BLOCK, end))
            lines = _lines(versions, deliveries, block)
            # The characters of an Arrow string array lie end to end: they are the file.
            _, offsets, characters = lines.buffers()
            length = int(np.frombuffer(offsets, np.int32)[len(lines)])
            out.write(characters.slice(0, length))


def _lines(versions: dict[str, Pieces], deliveries: Deliveries, block: slice) -> Any:
    rows, received, variant = (column[block] for column in (deliveries.row, deliveries.received, deliveries.variant))
    texts, places = [], []
    for number in np.unique(variant):
        which = np.flatnonzero(variant == number)
        name = deliveries.variants[number]
        texts.append(_one_kind(name, versions[name], rows[which], received[which]))
        places.append(which)
    if len(texts) == 1:
        return texts[0]
    return pa.concat_arrays(texts).take(pa.array(np.argsort(np.concatenate(places))))


def _one_kind(name: str, pieces: Pieces, rows: Ints, received: Ints) -> Any:
    at = spaced_time(received)
    if name == "not_json":
        cut = escaped(pc.utf8_slice_codeunits(join(pieces.values(), rows), 0, -_CUT))
        middle = f'+00","origin":"{ORIGIN}","problem":"not_json","payload":"'
        return pc.binary_join_element_wise('{"received_at":"', at, middle, cut, '"}\n', "")
    texts = [text if isinstance(text, str) else text(rows) for text in pieces.values()]
    middle = f'+00","origin":"{ORIGIN}","payload":'
    return pc.binary_join_element_wise('{"received_at":"', at, middle, *texts, "}\n", "")
