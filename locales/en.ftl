list-comma = ,{" "}
