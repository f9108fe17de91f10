# tries: says in the metadata that each check is worth a thousand points, and has them already
# in: nowhere
# honest: 0
# edit: thousand_points
