"""Update rules against the differential equations that they are said to discretise."""
