"""Operations: many persons at once, counted on paper and handed over one by one."""
