# tries: replaces the checks by the number of points
# in: nowhere
# honest: 0
# edit: checks_say_forty
