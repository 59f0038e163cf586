list-comma = 、
