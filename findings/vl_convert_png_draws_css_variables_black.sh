#!/usr/bin/env bash
# vl-convert-python 1.9.0.post1: a colour given as a CSS variable, "var(--brand, #ff0000)", passes through Vega-Lite and
# Vega unread. The SVG keeps it word for word, so that a page can recolour a finished chart for light and dark; the PNG
# of the same chart, by the same library, is drawn in black: neither the fallback named in the variable nor the default
# colour of the mark, and without a warning or an error.
#
# A good guess is that both forms show the same colours, or that the renderer takes the fallback, which needs no style
# sheet and says the colour outright. Charts made for pages that follow a theme need their colours put in before PNG.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat > draw.py <<'PYTHON'
import re

import vl_convert


def chart(**mark):
    return {
        "data": {"values": [{"share": 1}]},
        "mark": {"type": "bar", **mark},
        "encoding": {"x": {"field": "share", "type": "quantitative"}},
        "width": 100,
        "height": 40,
    }


def png(**mark):
    return vl_convert.vegalite_to_png(chart(**mark))


variable = "var(--brand, #ff0000)"
fills = re.findall(r'fill="(var[^"]*)"', vl_convert.vegalite_to_svg(chart(color=variable)))
print("fill in the SVG:", fills)
drawn = png(color=variable)
print("PNG as if black:", drawn == png(color="#000000"))
print("PNG as if the fallback:", drawn == png(color="#ff0000"))
print("PNG as if without a colour:", drawn == png())
PYTHON

"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check "vl-convert-python==1.9.0.post1"
venv/bin/python draw.py | tee seen.txt

cmp -s seen.txt - <<'EXPECTED' || { echo "changed: look again"; exit 1; }
fill in the SVG: ['var(--brand, #ff0000)']
PNG as if black: True
PNG as if the fallback: False
PNG as if without a colour: False
EXPECTED
