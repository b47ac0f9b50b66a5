"""The four services and the chassis they run on."""
