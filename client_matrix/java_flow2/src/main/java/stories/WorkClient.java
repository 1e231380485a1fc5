package stories;

import com.amazonaws.services.simpleworkflow.flow.ActivitiesClientBase;
import com.amazonaws.services.simpleworkflow.flow.ActivitySchedulingOptions;
import com.amazonaws.services.simpleworkflow.flow.core.Promise;
import com.amazonaws.services.simpleworkflow.flow.model.ActivityType;

/** What aws-swf-build-tools 2.0.0 would generate from Work; Maven Central does not have it. */
final class WorkClient extends ActivitiesClientBase {
    WorkClient() {
        super(null, null, null);
    }

    Promise<String> greet(String name) {
        return schedule("greet", String.class, name);
    }

    Promise<Integer> square(Integer number) {
        return schedule("square", Integer.class, number);
    }

    Promise<String> thirdTime() {
        return schedule("thirdTime", String.class);
    }

    Promise<Void> fallSilent() {
        return schedule("fallSilent", Void.class);
    }

    Promise<Void> untilCanceled() {
        return schedule("untilCanceled", Void.class);
    }

    /** Schedules greet on a task list that has no worker. */
    Promise<String> greetNowhere(String name) {
        ActivitySchedulingOptions nowhere = new ActivitySchedulingOptions().withTaskList("nowhere");
        return scheduleActivity(type("greet"), new Object[] {name}, nowhere, String.class);
    }

    Promise<Void> cleanUp(String reason) {
        return schedule("cleanUp", Void.class, reason);
    }

    private <T> Promise<T> schedule(String method, Class<T> result, Object... arguments) {
        return scheduleActivity(type(method), arguments, null, result);
    }

    private static ActivityType type(String method) {
        return ActivityType.builder().name("Work." + method).version("1").build();
    }
}
