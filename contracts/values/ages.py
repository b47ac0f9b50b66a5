"""How old somebody is."""

from datetime import date


def age_years(birth: date, today: date) -> int:
    """Whole years between a day of birth and today."""
    had_birthday = (today.month, today.day) >= (birth.month, birth.day)
    return today.year - birth.year - (not had_birthday)
