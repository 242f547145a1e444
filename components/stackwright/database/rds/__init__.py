"""Amazon RDS: one PostgreSQL server for the platform's databases."""
