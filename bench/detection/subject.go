package main

// subject is the name of authspike's detector among the contenders.
const subject = "authspike"
