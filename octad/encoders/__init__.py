"""Records to items: what each input of a case becomes before the network reads it."""
