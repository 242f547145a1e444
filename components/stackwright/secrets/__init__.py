"""Secret stores: bring secrets from where they are kept to who may read them."""
