"""What may leave with a hand-off, as it was reviewed."""

REVIEWED = """
CUSTODY_TRANSFER     SOCIAL_OFFICE          name features
EMERGENCY_CARE       PUSKESMAS              name birth_date features approximate_age_years said_sex
EMERGENCY_CARE       HOSPITAL               name birth_date features approximate_age_years said_sex
EMERGENCY_CARE       MENTAL_HOSPITAL        name birth_date features approximate_age_years said_sex
HEALTH_SCREENING     PUSKESMAS              name birth_date features approximate_age_years said_sex
HEALTH_SCREENING     HOSPITAL               name birth_date features approximate_age_years said_sex
INPATIENT_BED        HOSPITAL               name birth_date nik approximate_age_years said_sex
INPATIENT_BED        MENTAL_HOSPITAL        name birth_date nik approximate_age_years said_sex
FAMILY_TRACING       VILLAGE                name features
FAMILY_TRACING       SOCIAL_OFFICE          name features
REUNIFICATION        VILLAGE                name
REUNIFICATION        SOCIAL_OFFICE          name
REPATRIATION         VILLAGE                name
REPATRIATION         SOCIAL_OFFICE          name
PLACEMENT            PANTI                  name birth_date nik
MEDICINE_CONTINUITY  PUSKESMAS              name birth_date nik
CHILD_PROTECTION     SOCIAL_OFFICE          name birth_date features
CHILD_PROTECTION     CHILD_PROTECTION_UNIT  name birth_date features
TRANSFER             SOCIAL_OFFICE          name birth_date features
"""
"""What may leave, written down a second time: whoever widens the table must say so here as well."""
ALLOWED = {(line.split()[0], line.split()[1]): set(line.split()[2:]) for line in REVIEWED.strip().splitlines()}
