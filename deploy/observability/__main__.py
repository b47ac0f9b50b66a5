"""`python -m deploy.observability`: run the receiver."""

from deploy.observability.otlp_receiver import main

if __name__ == "__main__":
    main()
