# tries: turns the checks into markdown, raw and unknown cells, and answers into graded markdown
# in: nowhere
# honest: 0
# edit: types_changed
