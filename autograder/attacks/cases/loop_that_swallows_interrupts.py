# tries: loops for ever and swallows every interrupt, hoping that the check is waived
# in: E1
# honest: 0
# expects: longer than
while True:
    try:
        while True:
            pass
    except BaseException:
        continue
