// What becomes of this process when somebody closes the window that it runs in? On Windows.
#pragma once

namespace rdpmedic {

// From now on that is SIGBREAK, and the process has the seconds that Windows then leaves it. It must end by itself
// after the signal. Not for a service: it would end whenever a user logs off.
void hear_close();

} // namespace rdpmedic
