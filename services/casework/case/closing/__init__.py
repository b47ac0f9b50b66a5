"""How a case closes: nothing of it open here, nothing open at the other services; or by two people, by force."""
