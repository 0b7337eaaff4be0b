"""What an order is, whatever it pays for; and, in `actions`, what it may pay for."""
