"""From a stream record's old and new image to what must follow. Pure: nothing is read or written here."""
