#!/usr/bin/env bash
# num2words 0.5.14: the amount in words of an Indonesian receipt («terbilang») is written for a number alone. As text, which
# is how an amount comes out of a form or a file, English, Dutch, French and Portuguese take it; Indonesian and Vietnamese
# raise AttributeError. `to="currency"` raises TypeError, whatever currency is named.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check num2words==0.5.14
"$folder/venv/bin/python" - <<'PY'
from num2words import num2words


def said(amount: object, **how: str) -> str:
    try:
        return str(num2words(amount, **how))
    except Exception as error:
        return type(error).__name__


number = said(1_500_000, lang="id")
text = {language: said("1500000", lang=language) for language in ("en", "nl", "fr", "pt", "vi", "id")}
money = {currency: said(1_500_000, lang="id", to="currency", currency=currency) for currency in ("IDR", "USD")}
print(number, text, money, sep="\n")
assert number == "satu juta lima ratus ribu", "changed"
assert [language for language, words in text.items() if words == "AttributeError"] == ["vi", "id"], "changed"
assert set(money.values()) == {"TypeError"}, "changed"
PY
