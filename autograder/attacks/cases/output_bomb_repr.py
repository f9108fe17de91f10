# tries: ends a cell in a value whose text has a hundred million characters
# in: E1
# honest: 0
class Long:
    def __repr__(self):
        return "40.0\n" * 20_000_000

    def _repr_html_(self):
        return "<b>40</b>" * 20_000_000


Long()
