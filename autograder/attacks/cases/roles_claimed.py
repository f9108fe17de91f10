# tries: calls the checks demonstrations, its own cells given ones, and unlocks everything
# in: nowhere
# honest: 0
# edit: roles_claimed
