import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from contracts.values import INT64_MAX, INT64_MIN, Money

rupiah = st.integers(min_value=-(10**15), max_value=10**15)
amounts = rupiah.map(Money)


class Priced(BaseModel):
    price: Money


@given(amounts, amounts, amounts)
def test_adding_money_is_associative_commutative_and_undone_by_subtracting(a: Money, b: Money, c: Money) -> None:
    assert (a + b) + c == a + (b + c)
    assert a + b == b + a
    assert (a + b) - b == a
    assert a - a == Money.zero()


@given(amounts, st.integers(min_value=1, max_value=500))
def test_a_split_amount_sums_to_itself_and_shares_differ_by_one_rupiah_at_most(amount: Money, parts: int) -> None:
    shares = amount.split(parts)
    assert len(shares) == parts
    assert Money.total(shares) == amount
    assert (max(shares) - min(shares)).rupiah <= 1


@given(amounts)
def test_money_is_read_back_as_it_is_written(amount: Money) -> None:
    assert Money.parse(str(amount)) == amount


@given(amounts)
def test_money_keeps_every_rupiah_through_json(amount: Money) -> None:
    assert Priced.model_validate_json(Priced(price=amount).model_dump_json()).price == amount


@given(rupiah, rupiah)
def test_money_orders_as_its_rupiah(a: int, b: int) -> None:
    assert (Money(a) < Money(b)) is (a < b)
    assert (Money(a) == Money(b)) is (a == b)


def test_money_is_written_as_offices_write_it() -> None:
    assert str(Money(1_000_000)) == "Rp1.000.000"
    assert str(Money(-500)) == "-Rp500"
    assert Money.parse("Rp 1.500") == Money(1500)


@pytest.mark.parametrize("text", ["", "Rp", "1,5", "1.50", "1.0000", "Rp1.000,00", "12 000", "١٢", "Rp1e3"])
def test_a_text_that_is_not_whole_rupiah_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="whole rupiah"):
        Money.parse(text)


@pytest.mark.parametrize("wrong", [1.0, True, "1", None])
def test_only_whole_numbers_make_money(wrong: object) -> None:
    with pytest.raises(TypeError):
        Money(wrong)  # type: ignore[arg-type]
    with pytest.raises(ValidationError):
        Priced.model_validate({"price": wrong})


@pytest.mark.parametrize("wrong", [INT64_MIN - 1, INT64_MAX + 1])
def test_money_beyond_64_bits_is_refused(wrong: int) -> None:
    with pytest.raises(ValueError, match="64 bits"):
        Money(wrong)
    with pytest.raises(ValidationError):
        Priced.model_validate({"price": wrong})
    with pytest.raises(ValueError, match="64 bits"):
        Money(INT64_MAX) + Money(1)


def test_money_does_not_mix_with_plain_numbers() -> None:
    with pytest.raises(TypeError):
        Money(1) + 1  # type: ignore[operator]
    with pytest.raises(TypeError):
        Money(1) * 1.5  # type: ignore[operator]
    assert Money(3) * 2 == 2 * Money(3) == Money(6)
