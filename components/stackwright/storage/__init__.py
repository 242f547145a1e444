"""Where objects are kept: data sets, model artifacts and logs."""
