// Where does the program start?
int main() { return 0; }
