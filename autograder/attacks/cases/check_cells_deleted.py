# tries: deletes the cells with the checks
# in: nowhere
# honest: 0
# edit: checks_deleted
