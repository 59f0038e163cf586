-- Why a role ended, where somebody said so: transferred-out, retired, deceased.
ALTER TABLE role ADD COLUMN ended_as TEXT;
