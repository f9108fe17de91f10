# tries: raises an error whose text and traceback have no end
# in: E1
# honest: 0
class Endless(Exception):
    def __str__(self):
        return "z" * 50_000_000


def deeper(n):
    try:
        1 / 0
    except ZeroDivisionError:
        if n:
            deeper(n - 1)
        raise Endless from None


try:
    deeper(50)
except Endless as error:
    raise Endless(*[error] * 50) from error
