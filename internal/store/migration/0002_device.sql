-- What a member calls the ways in and the browsers of hers: sealed under her own
-- key, NULL where she said nothing.
ALTER TABLE slot ADD COLUMN label ${blob};
ALTER TABLE device ADD COLUMN label ${blob};
