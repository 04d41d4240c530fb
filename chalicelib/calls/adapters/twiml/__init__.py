"""What the carrier is told to do with a call: TwiML, by what it is about; pure."""
