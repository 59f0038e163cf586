-- Which response a mark was given to and, of a case, the points of each part that a person marks, as JSON.
ALTER TABLE amendment ADD COLUMN position INTEGER;
ALTER TABLE amendment ADD COLUMN parts TEXT;
ALTER TABLE given_mark ADD COLUMN parts TEXT;
