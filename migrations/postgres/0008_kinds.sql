-- How long the lists are that a paper shuffles beside the options (the targets of a match), joined by commas.
ALTER TABLE question ADD COLUMN further_counts TEXT COLLATE "C" NOT NULL DEFAULT '';
